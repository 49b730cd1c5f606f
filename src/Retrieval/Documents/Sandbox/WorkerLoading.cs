using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>
/// Loads what the runtime loads only when it is first used, since a confined process opens no file any more: all
/// assemblies that the program refers to, directly or not, and the native libraries for inflating and for encryption.
/// </summary>
internal static class WorkerLoading
{
    /// <summary>Loads all of it.</summary>
    internal static void LoadAll()
    {
        LoadReferences(Assembly.GetEntryAssembly() ?? typeof(WorkerLoading).Assembly);
        LoadNativeLibraries();
    }

    private static void LoadReferences(Assembly entry)
    {
        HashSet<string> seen = [entry.FullName!];
        Queue<Assembly> queue = new([entry]);
        while (queue.TryDequeue(out Assembly? assembly))
        {
            foreach (AssemblyName name in assembly.GetReferencedAssemblies())
            {
                if (seen.Add(name.FullName) && TryLoad(name) is { } loaded)
                {
                    queue.Enqueue(loaded);
                }
            }
        }
    }

    // Libraries refer to some that are not shipped with a program, and that they do without.
    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static void LoadNativeLibraries()
    {
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write("a"u8);
        }

        packed.Position = 0;
        using ZLibStream unpacked = new(packed, CompressionMode.Decompress);
        _ = unpacked.ReadByte();

        // Encrypted PDFs: old ones take MD5, new ones the SHA-2 family; AES for the content.
#pragma warning disable CA5351 // Nothing is protected with it here.
        _ = MD5.HashData("a"u8);
#pragma warning restore CA5351
        _ = SHA256.HashData("a"u8);
        _ = SHA384.HashData("a"u8);
        _ = SHA512.HashData("a"u8);
        using Aes aes = Aes.Create();
        aes.Key = new byte[32];
        _ = aes.DecryptEcb(aes.EncryptEcb("a"u8, PaddingMode.PKCS7), PaddingMode.PKCS7);
        _ = aes.DecryptCbc(aes.EncryptCbc("a"u8, new byte[16]), new byte[16]);

        // Local time is read from a file when it is first asked for.
        _ = TimeZoneInfo.Local.BaseUtcOffset;
    }
}
