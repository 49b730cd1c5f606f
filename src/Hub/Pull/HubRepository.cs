using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Versions;

namespace LlmPlatform.Hub.Pull;

/// <summary>The answer of <c>GET /api/models/{id}/revision/{revision}?blobs=true</c>.</summary>
internal sealed record HubRepository(string Commit, IReadOnlyList<HubFile> Files)
{
    private const int MaxFiles = 100_000;

    /// <exception cref="HubException">The answer is not what the Hub answers, or names files outside the folder.</exception>
    public static HubRepository Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            ModelConfig root = ModelConfig.Parse("the server's answer", json);
            string commit = root.GetString("sha");
            if (!IsHex(commit, 40))
            {
                throw root.Invalid("sha", "40 hexadecimal digits");
            }

            IReadOnlyList<ModelConfig> siblings = root.GetSections("siblings");
            if (siblings.Count > MaxFiles)
            {
                throw new InvalidModelFileException("the server's answer", "siblings", siblings.Count, $"at most {MaxFiles} files");
            }

            return new HubRepository(commit, [.. siblings.Select(ReadFile)]);
        }
        catch (InvalidModelFileException e)
        {
            throw new HubException(e.Message, e);
        }
    }

    private static HubFile ReadFile(ModelConfig sibling)
    {
        string path = sibling.GetString("rfilename");
        if (LeavesTheFolder(path))
        {
            throw new HubException($"the repository lists a file outside its folder: {Shown.Cut(path)}");
        }

        ModelConfig? lfs = sibling.FindSection("lfs");
        string? sha256 = lfs?.FindString("sha256")?.ToLowerInvariant();
        string? blobId = sibling.FindString("blobId")?.ToLowerInvariant();
        double? length = lfs?.FindDouble("size") ?? sibling.FindDouble("size");
        if (length is < 0 or > long.MaxValue / 2)
        {
            throw sibling.Invalid("size", "a count of bytes");
        }

        return new HubFile(
            path,
            (long?)length,
            sha256 is null || IsHex(sha256, 64) ? sha256 : throw lfs!.Invalid("sha256", "64 hexadecimal digits"),
            // A file in large-file storage has the pointer's blob id, not the content's.
            lfs is not null || blobId is null ? null : IsHex(blobId, 40) ? blobId : throw sibling.Invalid("blobId", "40 hexadecimal digits"));
    }

    private static bool LeavesTheFolder(string path) =>
        path.Length == 0 || path.StartsWith('/') || path.Contains('\\', StringComparison.Ordinal) || path.Split('/').Contains("..")
        || (ModelFiles.Belongs(path) && FileSelection.IsWanted(path) && !RelativePaths.IsPortable(path));

    private static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigit);
}
