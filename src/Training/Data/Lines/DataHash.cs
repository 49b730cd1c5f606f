using System.Security.Cryptography;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Data;

/// <summary>One hash for the files of a job.</summary>
public static class DataHash
{
    /// <summary>SHA-256 over the files' SHA-256 (32 bytes each) in their order, in lower-case hexadecimal.</summary>
    /// <exception cref="FormatException">A file's hash is not hexadecimal.</exception>
    public static string Of(IEnumerable<WorkerFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (WorkerFile file in files)
        {
            hash.AppendData(Convert.FromHexString(file.Sha256));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
