using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Versions;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.ModelService.Registry;

/// <summary>What a request to register must look like.</summary>
internal static class RegisterValidation
{
    public const string NameRule = "1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-', beginning with a letter or digit";
    public const string AliasRule = "1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-', and not like a version's hash";

    private const int MaxFiles = 512;
    private const int MaxAliases = 16;
    private const int MaxText = 256;
    private const int MinHashLike = 8;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT.</exception>
    public static void Validate(RegisterModelRequest request)
    {
        Lineage lineage = request.Lineage ?? new Lineage();
        FieldValidation validation = new FieldValidation()
            .Require("name", request.Name, ModelReference.NamePattern().IsMatch(request.Name), NameRule)
            .Require("files", request.Files.Count, request.Files.Count is > 0 and <= MaxFiles, $"1 to {MaxFiles} files")
            .Require("aliases", request.Aliases.Count, request.Aliases.Count <= MaxAliases, $"at most {MaxAliases}")
            .Require("request_id", request.RequestId, request.RequestId.Length <= MaxText, $"at most {MaxText} characters")
            .Require("lineage.source", lineage.Source, lineage.Source.Length <= MaxText, $"at most {MaxText} characters")
            .Require("lineage.data_hash", lineage.DataHash, lineage.DataHash.Length <= MaxText, $"at most {MaxText} characters")
            .Require("lineage.recipe_hash", lineage.RecipeHash, lineage.RecipeHash.Length <= MaxText, $"at most {MaxText} characters")
            .Require("lineage.job_id", lineage.JobId, lineage.JobId.Length <= MaxText, $"at most {MaxText} characters")
            .Require("lineage.merged_from", lineage.MergedFrom, lineage.MergedFrom.Length <= MaxText, $"at most {MaxText} characters")
            .Require("lineage.metrics", lineage.Metrics.Count, lineage.Metrics.Count <= MaxFiles, $"at most {MaxFiles} metrics");
        HashSet<string> paths = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < Math.Min(request.Files.Count, MaxFiles); i++)
        {
            string path = request.Files[i].Path;
            validation
                .Require($"files[{i}].path", path, RelativePaths.IsPortable(path), "a relative path that is legal on every system")
                .Require($"files[{i}].path", path, ModelFiles.Belongs(path), "a file of a model: pickled weights are refused, since loading them can run code (use safetensors or GGUF), and hidden files")
                .Require($"files[{i}].path", path, paths.Add(path), "each path once")
                .Require($"files[{i}].file_id", request.Files[i].FileId, request.Files[i].FileId.Length is > 0 and <= MaxText, "the id of an uploaded file");
        }

        for (int i = 0; i < Math.Min(request.Aliases.Count, MaxAliases); i++)
        {
            validation.Require($"aliases[{i}]", request.Aliases[i], IsAlias(request.Aliases[i]), AliasRule);
        }

        validation.ThrowIfInvalid();
    }

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT.</exception>
    public static void Validate(MergeModelRequest request)
    {
        FieldValidation validation = new FieldValidation()
            .Require("name", request.Name, request.Name.Length == 0 || ModelReference.NamePattern().IsMatch(request.Name), NameRule)
            .Require("dtype", request.Dtype, request.Dtype.Length == 0 || LoraMerge.Dtypes.ContainsKey(request.Dtype), $"one of {string.Join(", ", LoraMerge.Dtypes.Keys)}")
            .Require("aliases", request.Aliases.Count, request.Aliases.Count <= MaxAliases, $"at most {MaxAliases}")
            .Require("request_id", request.RequestId, request.RequestId.Length <= MaxText, $"at most {MaxText} characters");
        for (int i = 0; i < Math.Min(request.Aliases.Count, MaxAliases); i++)
        {
            validation.Require($"aliases[{i}]", request.Aliases[i], IsAlias(request.Aliases[i]), AliasRule);
        }

        validation.ThrowIfInvalid();
    }

    public static bool IsAlias(string alias) =>
        ModelReference.SuffixPattern().IsMatch(alias) && !(alias.Length >= MinHashLike && alias.All(char.IsAsciiHexDigitLower));
}
