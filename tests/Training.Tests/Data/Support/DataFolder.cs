using System.Security.Cryptography;
using LlmPlatform.Training.Data;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Tests.Data.Support;

/// <summary>Files of data in a folder of their own.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-data-").FullName;

    public WorkerFile Write(string id, params string[] lines) => WriteBytes(id, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    public WorkerFile WriteBytes(string id, byte[] bytes)
    {
        string path = Path.Combine(_folder, id);
        File.WriteAllBytes(path, bytes);
        return new WorkerFile(id, path, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>The errors of reading that must fail.</summary>
    public static IReadOnlyList<WorkerDataError> Errors(Func<object> read) => Assert.Throws<DataErrorException>(read).Errors;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
