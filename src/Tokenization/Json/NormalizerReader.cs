using LlmPlatform.Tokenization.Normalizers;

namespace LlmPlatform.Tokenization.Json;

/// <summary>Reads the <c>normalizer</c> of a tokenizer.json.</summary>
internal static class NormalizerReader
{
    public static INormalizer? ReadOptional(JsonField field) => field.IsNull ? null : Read(field);

    public static INormalizer Read(JsonField field) => field["type"].AsString() switch
    {
        "BertNormalizer" => ReadBert(field),
        "NFC" => UnicodeNormalizer.Nfc,
        "NFD" => UnicodeNormalizer.Nfd,
        "NFKC" => UnicodeNormalizer.Nfkc,
        "NFKD" => UnicodeNormalizer.Nfkd,
        "Lowercase" => new LowercaseNormalizer(),
        "Strip" => new StripNormalizer(
            field["strip_left"].AsBoolean(missing: true), field["strip_right"].AsBoolean(missing: true)),
        "StripAccents" => new StripAccentsNormalizer(),
        "Replace" => new ReplaceNormalizer(PatternReader.Read(field["pattern"]), field["content"].AsString()),
        "Prepend" => new PrependNormalizer(field["prepend"].AsString()),
        "ByteLevel" => new ByteLevelNormalizer(),
        "Nmt" => new NmtNormalizer(),
        "Precompiled" => ReadPrecompiled(field["precompiled_charsmap"]),
        "Sequence" => new SequenceNormalizer([.. field["normalizers"].Items().Select(Read)]),
        _ => throw field["type"].Error(
            "BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Replace, Prepend, ByteLevel, Nmt, "
            + "Precompiled or Sequence"),
    };

    private static BertNormalizer ReadBert(JsonField field)
    {
        bool lowercase = field["lowercase"].AsBoolean(missing: true);
        JsonField stripAccents = field["strip_accents"];
        return new BertNormalizer(
            field["clean_text"].AsBoolean(missing: true),
            field["handle_chinese_chars"].AsBoolean(missing: true),
            stripAccents.IsNull ? lowercase : stripAccents.AsBoolean(),
            lowercase);
    }

    private static PrecompiledNormalizer ReadPrecompiled(JsonField field)
    {
        try
        {
            return new PrecompiledNormalizer(CharacterMap.Parse(Convert.FromBase64String(field.AsString())));
        }
        catch (FormatException cause)
        {
            throw field.Error($"a character map in base64 ({cause.Message})", cause);
        }
    }
}
