using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Training.Jobs;

/// <summary>Hashes that say what something depends on.</summary>
internal static class Hashes
{
    /// <summary>SHA-256 of texts, in lower-case hexadecimal; their borders count.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
