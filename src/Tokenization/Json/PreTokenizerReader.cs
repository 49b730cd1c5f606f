using LlmPlatform.Tokenization.PreTokenizers;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Json;

/// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    public static IPreTokenizer? ReadOptional(JsonField field) => field.IsNull ? null : Read(field);

    public static IPreTokenizer Read(JsonField field) => field["type"].AsString() switch
    {
        "ByteLevel" => new ByteLevelPreTokenizer(
            field["add_prefix_space"].AsBoolean(missing: true), field["use_regex"].AsBoolean(missing: true)),
        "Metaspace" => new MetaspacePreTokenizer(ReadMetaspaceOptions(field)),
        "Split" => new PatternSplit(
            PatternReader.Read(field["pattern"]), ReadBehavior(field["behavior"]), field["invert"].AsBoolean(missing: false)),
        "Whitespace" => new WhitespacePreTokenizer(),
        "WhitespaceSplit" => new CharacterSplit(CharacterSets.IsWhiteSpace, SplitBehavior.Removed),
        "BertPreTokenizer" => new SequencePreTokenizer(
        [
            new CharacterSplit(CharacterSets.IsWhiteSpace, SplitBehavior.Removed),
            new CharacterSplit(CharacterSets.IsPunctuation, SplitBehavior.Isolated),
        ]),
        "Punctuation" => new CharacterSplit(
            CharacterSets.IsPunctuation,
            field.Has("behavior") ? ReadBehavior(field["behavior"]) : SplitBehavior.Isolated),
        "Digits" => new CharacterSplit(
            CharacterSets.IsNumber,
            field["individual_digits"].AsBoolean(missing: false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "CharDelimiterSplit" => ReadCharDelimiterSplit(field["delimiter"]),
        "UnicodeScripts" => new UnicodeScriptsPreTokenizer(),
        "FixedLength" => new FixedLengthPreTokenizer(field.Has("length") ? field["length"].AsInt32(minimum: 1) : 5),
        "Sequence" => new SequencePreTokenizer([.. field["pretokenizers"].Items().Select(Read)]),
        _ => throw field["type"].Error(
            "ByteLevel, Metaspace, Split, Whitespace, WhitespaceSplit, BertPreTokenizer, Punctuation, Digits, "
            + "CharDelimiterSplit, UnicodeScripts, FixedLength or Sequence"),
    };

    /// <summary>Reads the fields that Metaspace has as a pre-tokenizer and as a decoder.</summary>
    public static MetaspaceOptions ReadMetaspaceOptions(JsonField field)
    {
        JsonField scheme = field["prepend_scheme"];
        PrependScheme value = scheme.AsOptionalString() switch
        {
            null or "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw scheme.Error("always, first or never"),
        };

        // Older files say add_prefix_space instead.
        JsonField addPrefixSpace = field["add_prefix_space"];
        if (!addPrefixSpace.IsNull && !addPrefixSpace.AsBoolean())
        {
            value = scheme.IsNull || value == PrependScheme.Never
                ? PrependScheme.Never
                : throw addPrefixSpace.Error("agreement with prepend_scheme");
        }

        return new MetaspaceOptions(field["replacement"].AsCharacter(), value, field["split"].AsBoolean(missing: true));
    }

    private static CharacterSplit ReadCharDelimiterSplit(JsonField field)
    {
        int delimiter = field.AsCharacter();
        return new CharacterSplit(codePoint => codePoint == delimiter, SplitBehavior.Removed);
    }

    private static SplitBehavior ReadBehavior(JsonField field) => field.AsString() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw field.Error("Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"),
    };
}
