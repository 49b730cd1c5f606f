using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.ServiceDefaults.Models;

/// <summary>The cache on disk: a folder a version, named by its hash; half of one ends in <c>.partial</c>.</summary>
internal static class CacheFolder
{
    public const string PartialSuffix = ".partial";

    private const int HashLength = 64;

    /// <summary>Where a file of a model lies.</summary>
    /// <exception cref="RpcException">DATA_LOSS when the path would lead out of the folder.</exception>
    public static string PathOf(string folder, string relative)
    {
        bool good = relative.Length > 0
            && !relative.Contains('\\', StringComparison.Ordinal)
            && !relative.Contains(':', StringComparison.Ordinal)
            && !relative.Contains('\0', StringComparison.Ordinal)
            && relative.Split('/').All(part => part is not ("" or "." or ".."));
        return good ? Path.Combine(folder, relative) : throw RpcErrors.DataLoss($"the model's file {SafeValue.Cut(relative)} has no plain relative path");
    }

    /// <summary>Whether a folder's name is a version.</summary>
    public static bool IsVersion(string name) => name.Length == HashLength && name.All(char.IsAsciiHexDigitLower);

    /// <summary>Whether all files are there with their sizes: they were hashed when they came.</summary>
    public static bool IsComplete(string folder, ModelVersion version) => Directory.Exists(folder)
        && version.Files.All(file => new FileInfo(PathOf(folder, file.Path)) is { Exists: true } info && info.Length == file.Size);

    /// <summary>The bytes below a folder.</summary>
    public static long Size(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
