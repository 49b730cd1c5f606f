using LlmPlatform.Tokenization.Decoders;
using LlmPlatform.Tokenization.PreTokenizers;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Json;

/// <summary>Reads the <c>decoder</c> of a tokenizer.json.</summary>
internal static class DecoderReader
{
    public static IDecoder? ReadOptional(JsonField field) => field.IsNull ? null : Read(field);

    public static IDecoder Read(JsonField field) => field["type"].AsString() switch
    {
        "ByteLevel" => ReadByteLevel(field),
        "WordPiece" => new WordPieceDecoder(field["prefix"].AsString(), field["cleanup"].AsBoolean()),
        "Metaspace" => ReadMetaspace(field),
        "BPEDecoder" => new BpeDecoder(field["suffix"].AsString()),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "Strip" => new StripDecoder(
            field["content"].AsCharacter(), field["start"].AsClampedInt32(), field["stop"].AsClampedInt32()),
        "Replace" => new ReplaceDecoder(PatternReader.Read(field["pattern"]), field["content"].AsString()),
        "CTC" => new CtcDecoder(
            field["pad_token"].AsString(), field["word_delimiter_token"].AsString(), field["cleanup"].AsBoolean()),
        "Sequence" => new SequenceDecoder([.. field["decoders"].Items().Select(Read)]),
        _ => throw field["type"].Error(
            "ByteLevel, WordPiece, Metaspace, BPEDecoder, ByteFallback, Fuse, Strip, Replace, CTC or Sequence"),
    };

    // Its fields mean nothing here, yet the reference insists on them.
    private static ByteLevelDecoder ReadByteLevel(JsonField field)
    {
        _ = field["add_prefix_space"].AsBoolean();
        _ = field["trim_offsets"].AsBoolean();
        _ = field["use_regex"].AsBoolean(missing: true);
        return new ByteLevelDecoder();
    }

    private static MetaspaceDecoder ReadMetaspace(JsonField field)
    {
        MetaspaceOptions options = PreTokenizerReader.ReadMetaspaceOptions(field);
        return new MetaspaceDecoder(CodePoints.Encode([options.Replacement]), options.Scheme != PrependScheme.Never);
    }
}
