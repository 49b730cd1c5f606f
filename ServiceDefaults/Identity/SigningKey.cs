using System.Security.Cryptography;
using System.Text;
using LlmPlatform.ServiceDefaults.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>
/// The secret that internal tokens are signed with, the same for all processes of a platform:
/// <c>Platform:InternalSigningKey</c>, else one that is generated into the data folder (mode 0600), which is enough
/// where one process holds every service.
/// </summary>
public sealed class SigningKey
{
    /// <summary>The configuration key.</summary>
    public const string ConfigurationKey = "Platform:InternalSigningKey";

    /// <summary>HS256 wants a key at least as long as its hash (RFC 7518, 3.2).</summary>
    public const int MinBytes = 32;

    private const string FileName = "signing-key";

    private SigningKey(byte[] secret) => Key = new SymmetricSecurityKey(secret);

    internal SymmetricSecurityKey Key { get; }

    /// <summary>A key from a configured text.</summary>
    /// <exception cref="InvalidOperationException">The text is shorter than 32 bytes; it is not shown.</exception>
    public static SigningKey FromText(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length >= MinBytes
            ? new SigningKey(bytes)
            : throw new InvalidOperationException($"{ConfigurationKey} has {bytes.Length} bytes, expected at least {MinBytes} random ones");
    }

    /// <summary>The configured key, or null when there is none.</summary>
    public static SigningKey? FromConfiguration(IConfiguration configuration) =>
        configuration[ConfigurationKey] is { Length: > 0 } text ? FromText(text) : null;

    /// <summary>The data folder's key; the first call makes it.</summary>
    public static SigningKey FromFolder(DataFolder folder)
    {
        string path = Path.Combine(folder.FullPath, FileName);
        if (!File.Exists(path))
        {
            SafeFile.Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(MinBytes)));
        }

        return FromText(File.ReadAllText(path).Trim());
    }
}
