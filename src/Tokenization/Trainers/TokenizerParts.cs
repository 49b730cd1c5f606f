using System.Text.Json.Nodes;
using LlmPlatform.Tokenization.Json;
using LlmPlatform.Tokenization.Normalizers;
using LlmPlatform.Tokenization.PreTokenizers;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// What stands around the model of a tokenizer, each as it is written in a <c>tokenizer.json</c>. The trainers see the
/// texts through normalizer and pre-tokenizer; the others are only written down.
/// </summary>
public sealed record TokenizerParts
{
    private const string MetaspaceReplacement = "\u2581";

    /// <summary>The <c>normalizer</c>, for example <c>{"type":"NFC"}</c>; null: none.</summary>
    public JsonObject? Normalizer { get; init; }

    /// <summary>The <c>pre_tokenizer</c>, for example <c>{"type":"Whitespace"}</c>; null: every text is one word.</summary>
    public JsonObject? PreTokenizer { get; init; }

    /// <summary>The <c>post_processor</c>; its special tokens need ids, so special tokens it names must be trained ones.</summary>
    public JsonObject? PostProcessor { get; init; }

    /// <summary>The <c>decoder</c>.</summary>
    public JsonObject? Decoder { get; init; }

    /// <summary>Bytes as characters, words split as GPT-2 does (Radford et al. 2019). For BPE with the byte alphabet.</summary>
    /// <param name="addPrefixSpace">Whether a space is put before a text that begins without one.</param>
    public static TokenizerParts ByteLevel(bool addPrefixSpace = false) => new()
    {
        PreTokenizer = ByteLevelPart(addPrefixSpace),
        Decoder = ByteLevelPart(addPrefixSpace: true),
    };

    /// <summary>Spaces as U+2581, as sentencepiece has them (Kudo and Richardson 2018, arXiv:1808.06226). For Unigram and BPE.</summary>
    /// <param name="prependScheme"><c>always</c>, <c>first</c> or <c>never</c>: where a text gets such a space before it.</param>
    public static TokenizerParts Metaspace(string prependScheme = "always") => new()
    {
        PreTokenizer = MetaspacePart(prependScheme),
        Decoder = MetaspacePart(prependScheme),
    };

    /// <summary>BERT's splitting at spaces and punctuation, after its cleaning. For WordPiece.</summary>
    /// <param name="lowercase">Whether texts become lower case (and lose accents).</param>
    public static TokenizerParts Bert(bool lowercase) => new()
    {
        Normalizer = new JsonObject
        {
            ["type"] = "BertNormalizer",
            ["clean_text"] = true,
            ["handle_chinese_chars"] = true,
            ["strip_accents"] = null,
            ["lowercase"] = lowercase,
        },
        PreTokenizer = new JsonObject { ["type"] = "BertPreTokenizer" },
        Decoder = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
    };

    /// <summary>
    /// A <c>post_processor</c> that puts special tokens around a text: <c>Template("[CLS]", "[SEP]", specialTokens)</c>
    /// gives <c>[CLS] A [SEP]</c> and <c>[CLS] A [SEP] B [SEP]</c>.
    /// </summary>
    /// <param name="before">The token before a text; null: none.</param>
    /// <param name="after">The token after each text; null: none.</param>
    /// <param name="specialTokens">The trainer's special tokens, which gives the ids.</param>
    /// <exception cref="ArgumentException">A token is not among the special tokens.</exception>
    public static JsonObject Template(string? before, string? after, IReadOnlyList<string> specialTokens)
    {
        ArgumentNullException.ThrowIfNull(specialTokens);
        var tokens = new JsonObject();
        JsonNode Special(string token, int type)
        {
            int id = specialTokens.Distinct(StringComparer.Ordinal).ToList().IndexOf(token);
            TrainerOptions.Require(id >= 0, "token", token, "one of the trainer's special tokens");
            tokens[token] = new JsonObject { ["id"] = token, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(token) };
            return new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };
        }

        static JsonNode Sequence(string name, int type) =>
            new JsonObject { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };

        JsonArray Pieces(bool isPair)
        {
            JsonNode?[] pieces =
            [
                before is null ? null : Special(before, 0),
                Sequence("A", 0),
                after is null ? null : Special(after, 0),
                isPair ? Sequence("B", 1) : null,
                isPair && after is not null ? Special(after, 1) : null,
            ];
            return [.. pieces.Where(piece => piece is not null)];
        }

        var template = new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = Pieces(isPair: false),
            ["pair"] = Pieces(isPair: true),
        };
        template["special_tokens"] = new JsonObject(
            tokens.OrderBy(token => token.Key, CodePointOrder.Instance)
                .Select(token => KeyValuePair.Create(token.Key, token.Value?.DeepClone())));
        return template;
    }

    /// <exception cref="InvalidTokenizerException">The part is not valid.</exception>
    internal INormalizer? ReadNormalizer() => NormalizerReader.ReadOptional(Field("normalizer", Normalizer));

    /// <exception cref="InvalidTokenizerException">The part is not valid.</exception>
    internal IPreTokenizer? ReadPreTokenizer() => PreTokenizerReader.ReadOptional(Field("pre_tokenizer", PreTokenizer));

    /// <exception cref="InvalidTokenizerException">A part is not valid.</exception>
    internal void CheckOthers()
    {
        _ = PostProcessorReader.ReadOptional(Field("post_processor", PostProcessor));
        _ = DecoderReader.ReadOptional(Field("decoder", Decoder));
    }

    private static JsonField Field(string name, JsonObject? part) =>
        new("trainer", name, System.Text.Json.JsonSerializer.SerializeToElement(part));

    private static JsonObject ByteLevelPart(bool addPrefixSpace) => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = addPrefixSpace,
        ["trim_offsets"] = true,
        ["use_regex"] = true,
    };

    private static JsonObject MetaspacePart(string prependScheme) => new()
    {
        ["type"] = "Metaspace",
        ["replacement"] = MetaspaceReplacement,
        ["prepend_scheme"] = prependScheme,
        ["split"] = true,
    };
}
