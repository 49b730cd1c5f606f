using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>
/// The form of API keys: <c>llm-</c> and 32 random bytes in base64url. With 256 random bits a plain SHA-256 is as good
/// as a slow hash: there is no list of likely secrets to try.
/// </summary>
public static class ApiKeySecret
{
    /// <summary>What every API key begins with.</summary>
    public const string Prefix = "llm-";

    /// <summary>Longer texts are not looked up.</summary>
    public const int MaxLength = 256;

    private const int RandomBytes = 32;
    private const int ShownLength = 8;

    /// <summary>A new secret.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>What is stored in place of the secret: its SHA-256 in lower-case hexadecimal.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>The first characters, to recognise a key by.</summary>
    public static string ShownPrefix(string secret) => secret[..Math.Min(ShownLength, secret.Length)];
}
