using LlmPlatform.Contracts.Models.V1;

namespace LlmPlatform.ServiceDefaults.Models;

/// <summary>A lease on a model's files: they stay where they are until it is disposed.</summary>
public sealed class CachedModel : IDisposable
{
    private Action? _release;

    internal CachedModel(ModelVersion info, string folderPath, Action release) =>
        (Info, FolderPath, _release) = (info, folderPath, release);

    /// <summary>What the registry says about the version.</summary>
    public ModelVersion Info { get; }

    /// <summary>The model's name.</summary>
    public string Name => Info.Name;

    /// <summary>The version's content hash, in lower-case hexadecimal.</summary>
    public string Version => Info.Version;

    /// <summary>The owner.</summary>
    public string Tenant => Info.Tenant;

    /// <summary>The folder with the model's files in Hugging Face's layout. Only to be read.</summary>
    public string FolderPath { get; }

    /// <summary>Gives the lease back; a second call does nothing.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
