using LlmPlatform.Tokenization.PostProcessors;

namespace LlmPlatform.Tokenization.Json;

/// <summary>Reads the <c>post_processor</c> of a tokenizer.json.</summary>
internal static class PostProcessorReader
{
    public static IPostProcessor? ReadOptional(JsonField field) => field.IsNull ? null : Read(field);

    public static IPostProcessor Read(JsonField field) => field["type"].AsString() switch
    {
        "TemplateProcessing" => ReadTemplate(field),
        "BertProcessing" => new BertProcessing(ReadToken(field["sep"]), ReadToken(field["cls"])),
        "RobertaProcessing" => new RobertaProcessing(
            ReadToken(field["sep"]),
            ReadToken(field["cls"]),
            field["trim_offsets"].AsBoolean(missing: true),
            field["add_prefix_space"].AsBoolean(missing: true)),
        "ByteLevel" => new ByteLevelProcessing(
            field["trim_offsets"].AsBoolean(missing: true),
            field["add_prefix_space"].AsBoolean(missing: true)),
        "Sequence" => new SequenceProcessing([.. field["processors"].Items().Select(Read)]),
        _ => throw field["type"].Error("TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel or Sequence"),
    };

    private static TemplateProcessing ReadTemplate(JsonField field)
    {
        var tokens = new Dictionary<string, SpecialToken>(StringComparer.Ordinal);
        foreach ((string name, JsonField token) in field["special_tokens"].Properties())
        {
            int[] ids = [.. token["ids"].Items().Select(id => id.AsInt32())];
            string[] texts = [.. token["tokens"].Items().Select(text => text.AsString())];
            tokens[name] = ids.Length == texts.Length
                ? new SpecialToken(ids, texts)
                : throw token.Error("as many ids as tokens");
        }

        return new TemplateProcessing(
            [.. field["single"].Items().Select(piece => ReadPiece(piece, tokens, isPair: false))],
            [.. field["pair"].Items().Select(piece => ReadPiece(piece, tokens, isPair: true))]);
    }

    private static TemplatePiece ReadPiece(JsonField field, Dictionary<string, SpecialToken> tokens, bool isPair)
    {
        if (field.Has("SpecialToken"))
        {
            JsonField id = field["SpecialToken"]["id"];
            SpecialToken token = tokens.TryGetValue(id.AsString(), out SpecialToken? known)
                ? known
                : throw id.Error("one of the template's special_tokens");
            return new TemplatePiece(token, -1, field["SpecialToken"]["type_id"].AsInt32());
        }

        JsonField sequence = field["Sequence"]["id"];
        int index = sequence.AsString() switch
        {
            "A" => 0,
            "B" when isPair => 1,
            _ => throw sequence.Error(isPair ? "A or B" : "A"),
        };
        return new TemplatePiece(null, index, field["Sequence"]["type_id"].AsInt32());
    }

    // A token and its id, as a list of two.
    private static SpecialToken ReadToken(JsonField field)
    {
        (JsonField token, JsonField id) = field.AsPair("a token and its id");
        return new SpecialToken(id.AsInt32(), token.AsString());
    }
}
