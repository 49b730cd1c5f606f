using Microsoft.Extensions.Hosting;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>Makes the data folder a part of the host, so that it is closed with the host even if nothing else used it.</summary>
internal sealed class DataFolderHolder(DataFolder folder) : IHostedService
{
    /// <summary>The folder held.</summary>
    public DataFolder Folder => folder;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
