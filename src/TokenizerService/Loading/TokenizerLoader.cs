using System.Security.Cryptography;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Loading;
using LlmPlatform.Tokenization;

namespace LlmPlatform.TokenizerService.Loading;

/// <summary>
/// Loads a model's tokenizer.json, for an adapter that brings none its base's. Only that file is fetched: weights are of no
/// use here.
/// </summary>
internal sealed class TokenizerLoader(Models.ModelsClient models) : IModelLoader<LoadedTokenizer>
{
    private const string FileName = "tokenizer.json";
    private const long MaxFileBytes = 256 << 20;

    // An estimate: vocabulary, merges and tries are larger in memory than in the file.
    private const long BytesInMemoryPerByte = 6;

    // An adapter does not tell how large its base's file is: room for a usual one.
    private const long UsualFileBytes = 4 << 20;

    public void Check(ModelVersion version)
    {
        if (!IsBases(version))
        {
            RequireFile(version);
        }
    }

    public long EstimateBytes(ModelVersion version) => (IsBases(version) ? UsualFileBytes : FindFile(version)!.Size) * BytesInMemoryPerByte;

    public long MeasureBytes(LoadedTokenizer loaded) => loaded.FileBytes * BytesInMemoryPerByte;

    public async Task<LoadedTokenizer> LoadAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        ModelVersion owner = IsBases(version)
            ? await models.GetAsync(new GetModelRequest { Model = version.Lineage.Base }, cancellationToken: cancellationToken)
            : version;
        byte[] json = await DownloadAsync(owner, RequireFile(owner), cancellationToken);
        try
        {
            return new LoadedTokenizer(Tokenizer.Parse(json), json.Length);
        }
        catch (InvalidTokenizerException invalid)
        {
            throw new InvalidModelFileException(invalid.Message, invalid);
        }
    }

    private static bool IsBases(ModelVersion version) => version.PeftType.Length > 0 && FindFile(version) is null;

    private static ModelFile RequireFile(ModelVersion version)
    {
        if (FindFile(version) is not { } file)
        {
            throw RpcErrors.FailedPrecondition("TOKENIZER", $"model/{version.Name}", $"model {SafeValue.Cut(version.Name)} has no {FileName}");
        }

        if (file.Size > MaxFileBytes)
        {
            throw RpcErrors.FailedPrecondition(
                "TOKENIZER", $"model/{version.Name}", $"{FileName} of model {SafeValue.Cut(version.Name)} has {file.Size} bytes, expected at most {MaxFileBytes}");
        }

        return file;
    }

    /// <summary>The file of the model's body: at the top, or below the folder of the transformer module.</summary>
    private static ModelFile? FindFile(ModelVersion version) => version.Files
        .Where(file => file.Path == FileName || file.Path.EndsWith("/" + FileName, StringComparison.Ordinal))
        .MinBy(file => file.Path.Length);

    private async Task<byte[]> DownloadAsync(ModelVersion version, ModelFile file, CancellationToken cancellationToken)
    {
        DownloadModelRequest request = new() { Model = $"{version.Name}@{version.Version}", Paths = { file.Path } };
        using AsyncServerStreamingCall<DownloadModelResponse> call = models.Download(request, cancellationToken: cancellationToken);
        byte[] content = new byte[file.Size];
        int length = 0;
        await foreach (DownloadModelResponse part in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (part.ContentCase != DownloadModelResponse.ContentOneofCase.Chunk)
            {
                continue;
            }

            if (part.Chunk.Length > content.Length - length)
            {
                throw RpcErrors.DataLoss($"{FileName} of model {SafeValue.Cut(version.Name)} has more than its {file.Size} bytes");
            }

            part.Chunk.Span.CopyTo(content.AsSpan(length));
            length += part.Chunk.Length;
        }

        return length == content.Length && Convert.ToHexStringLower(SHA256.HashData(content)) == file.Sha256
            ? content
            : throw RpcErrors.DataLoss($"{FileName} of model {SafeValue.Cut(version.Name)} arrived with {length} bytes and another hash than its own");
    }
}
