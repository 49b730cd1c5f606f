using LlmPlatform.Tokenization.AddedTokens;
using LlmPlatform.Tokenization.Decoders;
using LlmPlatform.Tokenization.Encodings;
using LlmPlatform.Tokenization.Json;
using LlmPlatform.Tokenization.Models;
using LlmPlatform.Tokenization.Normalizers;
using LlmPlatform.Tokenization.PostProcessors;
using LlmPlatform.Tokenization.PreTokenizers;

namespace LlmPlatform.Tokenization;

/// <summary>
/// Turns text into the ids of a model's vocabulary and back, as a <c>tokenizer.json</c> describes it: added tokens are cut
/// out, the rest is normalized, split by the pre-tokenizer, turned into tokens by the model and framed by the
/// post-processor. Instances are immutable and may be used by many threads at once.
/// </summary>
public sealed class Tokenizer
{
    private readonly AddedVocabulary _added;
    private readonly IDecoder? _decoder;
    private readonly IModel _model;
    private readonly EncodePipeline _pipeline;
    private readonly IPostProcessor? _postProcessor;
    private readonly IdAffixes? _affixes;

    internal Tokenizer(
        IModel model,
        IEnumerable<AddedToken>? addedTokens = null,
        INormalizer? normalizer = null,
        IPreTokenizer? preTokenizer = null,
        IPostProcessor? postProcessor = null,
        IDecoder? decoder = null)
    {
        _model = model;
        _added = new AddedVocabulary(addedTokens ?? [], normalizer);
        _pipeline = new EncodePipeline(_added, normalizer, preTokenizer, model);
        _postProcessor = postProcessor;
        _decoder = decoder;
        _affixes = postProcessor is null ? IdAffixes.None : postProcessor.SingleAffixes;
        VocabularySize = _model.Vocabulary.Count
            + _added.Tokens.Count(token => !_model.Vocabulary.TryGetPiece(token.Id, out _));
    }

    /// <summary>How many tokens there are, added tokens included.</summary>
    public int VocabularySize { get; }

    /// <summary>The truncation written in the file; <see cref="Encode(string, string?, bool)"/> does not apply it.</summary>
    public TruncationOptions? FileTruncation { get; init; }

    /// <summary>The padding written in the file; <see cref="Encode(string, string?, bool)"/> does not apply it.</summary>
    public PaddingOptions? FilePadding { get; init; }

    /// <summary>The added tokens that are special, with their ids.</summary>
    public IReadOnlyDictionary<string, int> SpecialTokens => _added.Tokens.Where(token => token.Special)
        .GroupBy(token => token.Content, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First().Id, StringComparer.Ordinal);

    /// <summary>Reads a tokenizer.json.</summary>
    /// <param name="tokenizerJsonPath">The path of the file.</param>
    /// <exception cref="InvalidTokenizerException">The file is no valid tokenizer.json.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tokenizer Load(string tokenizerJsonPath)
    {
        ArgumentNullException.ThrowIfNull(tokenizerJsonPath);
        return TokenizerReader.Read(File.ReadAllBytes(tokenizerJsonPath), tokenizerJsonPath);
    }

    /// <summary>Reads the content of a tokenizer.json (UTF-8).</summary>
    /// <exception cref="InvalidTokenizerException">It is no valid tokenizer.json.</exception>
    public static Tokenizer Parse(ReadOnlySpan<byte> tokenizerJson) =>
        TokenizerReader.Read(tokenizerJson.ToArray(), "tokenizer.json");

    /// <summary>Reads the content of a tokenizer.json (UTF-8) from a stream.</summary>
    /// <exception cref="InvalidTokenizerException">It is no valid tokenizer.json.</exception>
    public static Tokenizer Parse(Stream tokenizerJson)
    {
        ArgumentNullException.ThrowIfNull(tokenizerJson);
        using var buffer = new MemoryStream();
        tokenizerJson.CopyTo(buffer);
        return TokenizerReader.Read(buffer.ToArray(), "tokenizer.json");
    }

    /// <summary>The id of a token, or null where there is none.</summary>
    public int? TokenToId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _added.TryGetId(token, out int id) || _model.Vocabulary.TryGetId(token, out id) ? id : null;
    }

    /// <summary>The token of an id, or null where there is none.</summary>
    public string? IdToToken(int id) =>
        _added.TokenText(id) ?? (_model.Vocabulary.TryGetPiece(id, out string? piece) ? piece : null);

    /// <summary>Encodes a text, or a text and its pair, without truncation and padding.</summary>
    /// <param name="text">The text; lone halves of surrogate pairs count as U+FFFD.</param>
    /// <param name="pair">The second member of a pair.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds its special tokens.</param>
    /// <exception cref="TokenizationException">The text has an unknown piece and the model no unknown token.</exception>
    public Encoding Encode(string text, string? pair = null, bool addSpecialTokens = true) =>
        Encode(EncodeInput.FromText(text, pair), new EncodeOptions { AddSpecialTokens = addSpecialTokens });

    /// <summary>Encodes an input.</summary>
    /// <exception cref="TokenizationException">
    /// An unknown piece and no unknown token, or a truncation that cannot be done (see <see cref="TruncationOptions"/>).
    /// </exception>
    public Encoding Encode(EncodeInput input, EncodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(input);
        return EncodeBatch([input], options)[0];
    }

    /// <summary>Encodes several inputs; padding without a length fills them up to the longest.</summary>
    /// <exception cref="TokenizationException">
    /// An unknown piece and no unknown token, or a truncation that cannot be done (see <see cref="TruncationOptions"/>).
    /// </exception>
    public IReadOnlyList<Encoding> EncodeBatch(IReadOnlyList<EncodeInput> inputs, EncodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        EncodingData[] encodings = [.. inputs.Select(input => EncodeOne(input, options))];
        if (options.Padding is not null)
        {
            Padding.Apply(encodings, options.Padding);
        }

        return [.. encodings.Select(encoding => new Encoding(encoding))];
    }

    /// <summary>
    /// The ids of a text: those of <see cref="Encode(string, string?, bool)"/>, without the work for anything else.
    /// </summary>
    /// <exception cref="TokenizationException">The text has an unknown piece and the model no unknown token.</exception>
    public int[] EncodeIds(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!addSpecialTokens)
        {
            return _pipeline.EncodeIds(text, [], []);
        }

        return _affixes is null ? Encode(text).Ids : _pipeline.EncodeIds(text, _affixes.Before, _affixes.After);
    }

    /// <summary>Ids of a text, encoded without special tokens, with those that the post-processor adds.</summary>
    /// <exception cref="TokenizationException">The post-processor does not simply put tokens before and after a text.</exception>
    public int[] AddSpecialTokens(ReadOnlySpan<int> ids) => _affixes is null
        ? throw new TokenizationException("The tokenizer's post-processor cannot be applied to ids alone.")
        : [.. _affixes.Before, .. ids, .. _affixes.After];

    /// <summary>
    /// Encodes a text with its special tokens and cuts it to at most <paramref name="maxLength"/> tokens: the text loses
    /// tokens at its end, the special tokens stay.
    /// </summary>
    /// <exception cref="TokenizationException">There is no room for the text between the special tokens.</exception>
    public Encoding EncodeTruncated(string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        EncodingData encoding = _pipeline.Encode([text], isWords: false, typeId: 0);
        int room = RoomForText(maxLength, isPair: false, addSpecialTokens: true);
        return new Encoding(Frame([encoding.Count > room ? encoding.Slice(0, room) : encoding], addSpecialTokens: true));
    }

    /// <summary>The text of ids. Ids without a token are passed over.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <exception cref="TokenizationException">The file's decoder cannot be applied to these tokens.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var tokens = new List<string>(ids.Length);
        foreach (int id in ids)
        {
            string? token = IdToToken(id);
            if (token is not null && !(skipSpecialTokens && _added.IsSpecial(token)))
            {
                tokens.Add(token);
            }
        }

        return _decoder is null ? string.Join(' ', tokens) : string.Concat(_decoder.Decode(tokens));
    }

    private EncodingData EncodeOne(EncodeInput input, EncodeOptions options)
    {
        var members = new List<EncodingData> { _pipeline.Encode(input.First, input.FirstIsWords, typeId: 0) };
        if (input.Second is not null)
        {
            members.Add(_pipeline.Encode(input.Second, input.SecondIsWords, typeId: 1));
        }

        if (options.Truncation is not null)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(options.Truncation.Stride, nameof(options));
            int room = RoomForText(options.Truncation.MaxLength, members.Count > 1, options.AddSpecialTokens);
            Truncation.Apply(members, options.Truncation with { MaxLength = room });
        }

        return Frame(members, options.AddSpecialTokens);
    }

    // How many tokens are left beside the special ones.
    private int RoomForText(int maxLength, bool isPair, bool addSpecialTokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        int added = addSpecialTokens && _postProcessor is not null ? _postProcessor.AddedTokens(isPair) : 0;
        return maxLength >= added
            ? maxLength - added
            : throw new TokenizationException(
                $"Truncation to {maxLength} tokens leaves no room: the special tokens alone are {added}.");
    }

    private EncodingData Frame(List<EncodingData> members, bool addSpecialTokens)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (_postProcessor is not null || members.Count > 1)
            {
                members[i].SetSequence(i);
            }

            if (_postProcessor is not null)
            {
                members[i].SetTypeIds(i);
                members[i].Overflowing.ForEach(overflow => overflow.SetSequence(i));
            }
        }

        return EncodingData.Join(_postProcessor?.Process(members, addSpecialTokens) ?? members);
    }
}
