using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text.RegularExpressions;
using LlmPlatform.Hub.Folders;
using LlmPlatform.Hub.Versions;

namespace LlmPlatform.Hub.Pull;

/// <summary>
/// Which files of a repository are fetched: safetensors weights (one file, or the index and its shards), configuration,
/// tokenizer, templates, the folders of sentence-transformers, card and licence. Never weights in other formats; GGUF files
/// only where they are asked for, instead of safetensors.
/// </summary>
internal static partial class FileSelection
{
    private static readonly string[] CompanionExtensions = [".json", ".jinja", ".txt", ".model", ".tiktoken", ".md"];

    /// <summary>Whether a file could be fetched at all.</summary>
    public static bool IsWanted(string path) => IsCompanion(path) || path.EndsWith(".safetensors", StringComparison.Ordinal) || IsGguf(path);

    /// <param name="files">What the repository has.</param>
    /// <param name="include">Patterns (<c>*.gguf</c>, <c>*Q4_0*</c>) that choose the weights; empty for the usual ones.</param>
    /// <exception cref="HubException">There are no weights to fetch; the message says what there is instead.</exception>
    public static ImmutableArray<HubFile> Choose(IReadOnlyList<HubFile> files, IReadOnlyCollection<string> include)
    {
        HubFile[] known = [.. files.Where(file => ModelFiles.Belongs(file.Path) && IsWanted(file.Path))];
        HubFile[] weights = include.Count > 0
            ? [.. known.Where(file => !IsCompanion(file.Path) && include.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, file.Path, ignoreCase: false)))]
            : Safetensors(known);
        if (weights.Length == 0)
        {
            throw NoWeights(files, known, include);
        }

        bool sharded = weights.Any(file => ShardName().IsMatch(file.Path));
        return
        [
            .. known.Where(file => IsCompanion(file.Path) && (sharded || file.Path != WeightFiles.IndexName)).OrderBy(file => file.Path, StringComparer.Ordinal),
            .. weights.OrderBy(file => file.Path, StringComparer.Ordinal),
        ];
    }

    private static HubFile[] Safetensors(HubFile[] known)
    {
        // Weights of modules (2_Dense/model.safetensors) come along.
        HubFile[] single = [.. known.Where(file => file.Path == WeightFiles.SafetensorsName)];
        HubFile[] body = single.Length > 0 ? single : [.. known.Where(file => ShardName().IsMatch(file.Path))];
        return body.Length == 0 ? [] : [.. body, .. known.Where(file => ModuleWeights().IsMatch(file.Path))];
    }

    private static bool IsCompanion(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        string folder = path[..(path.Length - name.Length)].TrimEnd('/');
        bool kind = CompanionExtensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase)
            || name.StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase);
        bool index = name.EndsWith(".index.json", StringComparison.Ordinal) && name != WeightFiles.IndexName;
        return kind && !index && (folder.Length == 0 || folder == "additional_chat_templates" || ModuleFolder().IsMatch(folder));
    }

    private static bool IsGguf(string path) => path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);

    private static HubException NoWeights(IReadOnlyList<HubFile> files, HubFile[] known, IReadOnlyCollection<string> include)
    {
        string[] ggufs = [.. known.Where(file => IsGguf(file.Path)).Select(file => file.Path)];
        if (include.Count > 0)
        {
            return new HubException($"no weights match {Shown.Cut(string.Join(", ", include))}");
        }

        if (ggufs.Length > 0)
        {
            return new HubException($"the repository has GGUF files only; choose one by a pattern: {string.Join(", ", ggufs.Take(20))}");
        }

        return files.Any(file => Path.GetExtension(file.Path) is ".bin" or ".pt" or ".pth" or ".ckpt")
            ? new HubException("the repository has pickled weights only, which are refused, as loading a pickle can run code; look for a revision or a copy with safetensors")
            : new HubException($"the repository has no {WeightFiles.SafetensorsName}");
    }

    [GeneratedRegex(@"^model-\d{5}-of-\d{5}\.safetensors$")]
    private static partial Regex ShardName();

    [GeneratedRegex(@"^\d+_[A-Za-z]+$")]
    private static partial Regex ModuleFolder();

    [GeneratedRegex(@"^\d+_[A-Za-z]+/model\.safetensors$")]
    private static partial Regex ModuleWeights();
}
