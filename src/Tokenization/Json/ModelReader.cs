using LlmPlatform.Tokenization.Models;

namespace LlmPlatform.Tokenization.Json;

/// <summary>Reads the <c>model</c> of a tokenizer.json.</summary>
internal static class ModelReader
{
    private const int MaxId = (1 << 28) - 1;

    public static IModel Read(JsonField field)
    {
        string? type = field["type"].AsOptionalString();
        return (type ?? GuessType(field)) switch
        {
            "BPE" => ReadBpe(field),
            "WordPiece" => ReadWordPiece(field),
            "Unigram" => ReadUnigram(field),
            "WordLevel" => new WordLevelModel(ReadVocabulary(field["vocab"]), ReadString(field["unk_token"], "<unk>")),
            _ => throw field["type"].Error("BPE, WordPiece, Unigram or WordLevel"),
        };
    }

    // Older files have no type.
    private static string GuessType(JsonField field) =>
        field.Has("merges") ? "BPE"
        : field.Has("unk_id") ? "Unigram"
        : field.Has("continuing_subword_prefix") || field.Has("max_input_chars_per_word") ? "WordPiece"
        : "WordLevel";

    private static BpeModel ReadBpe(JsonField field)
    {
        JsonField dropout = field["dropout"];
        if (!dropout.IsNull && dropout.AsDouble() != 0)
        {
            throw dropout.Error("null or 0 (random dropout of merges is for training)");
        }

        var options = new BpeOptions
        {
            UnkToken = field["unk_token"].AsOptionalString(),
            ContinuingSubwordPrefix = field["continuing_subword_prefix"].AsOptionalString() ?? "",
            EndOfWordSuffix = field["end_of_word_suffix"].AsOptionalString() ?? "",
            FuseUnk = field["fuse_unk"].AsBoolean(missing: false),
            ByteFallback = field["byte_fallback"].AsBoolean(missing: false),
            IgnoreMerges = field["ignore_merges"].AsBoolean(missing: false),
        };
        Vocabulary vocabulary = ReadVocabulary(field["vocab"]);
        return new BpeModel(vocabulary, ReadMerges(field["merges"], vocabulary, options), options);
    }

    private static MergeTable ReadMerges(JsonField field, Vocabulary vocabulary, BpeOptions options)
    {
        var merges = new MergeTable();
        int rank = 0;
        foreach (JsonField item in field.Items())
        {
            (string left, string right) = ReadPair(item);
            string whole = left + (right.Length >= options.ContinuingSubwordPrefix.Length
                ? right[options.ContinuingSubwordPrefix.Length..]
                : throw item.Error("a right part that begins with the continuing_subword_prefix"));
            merges.Add(Id(left), Id(right), rank++, Id(whole));

            int Id(string token) => vocabulary.TryGetId(token, out int id)
                ? id
                : throw item.Error($"tokens of the vocabulary ({Shorten(token)} is none)");
        }

        return merges;
    }

    private static (string Left, string Right) ReadPair(JsonField item)
    {
        if (item.Value.ValueKind == System.Text.Json.JsonValueKind.String)
        {
            string[] parts = item.AsString().Split(' ');
            return parts.Length == 2 ? (parts[0], parts[1]) : throw item.Error("two tokens with one space between them");
        }

        (JsonField left, JsonField right) = item.AsPair("two tokens");
        return (left.AsString(), right.AsString());
    }

    private static WordPieceModel ReadWordPiece(JsonField field)
    {
        JsonField limit = field["max_input_chars_per_word"];
        return new WordPieceModel(
            ReadVocabulary(field["vocab"]),
            ReadString(field["unk_token"], "[UNK]"),
            ReadString(field["continuing_subword_prefix"], "##"),
            limit.IsNull ? WordPieceModel.DefaultMaxInputCharsPerWord : limit.AsClampedInt32());
    }

    private static UnigramModel ReadUnigram(JsonField field)
    {
        var pieces = new List<(string, double)>();
        foreach (JsonField item in field["vocab"].Items())
        {
            (JsonField piece, JsonField score) = item.AsPair("a piece and its score");
            pieces.Add((piece.AsString(), score.AsDouble()));
        }

        JsonField unk = field["unk_id"];
        int? unkId = unk.IsNull ? null : unk.AsInt32();
        if (unkId >= pieces.Count)
        {
            throw unk.Error($"an id below the {pieces.Count} pieces of the vocabulary");
        }

        return new UnigramModel(pieces, unkId, field["byte_fallback"].AsBoolean(missing: false));
    }

    private static Vocabulary ReadVocabulary(JsonField field)
    {
        field.Require(System.Text.Json.JsonValueKind.Object, "an object of tokens and ids");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        int greatest = -1;
        foreach ((string token, JsonField id) in field.Properties())
        {
            int value = id.AsInt32(maximum: MaxId);
            ids[token] = value;
            greatest = Math.Max(greatest, value);
        }

        // Ids index tables, so a few tokens must not claim room for millions.
        if (greatest > 1_000_000 + (16L * ids.Count))
        {
            throw field.Error($"ids that lie close together (the greatest of {ids.Count} is {greatest})");
        }

        return new Vocabulary(ids);
    }

    private static string ReadString(JsonField field, string missing) => field.AsOptionalString() ?? missing;

    private static string Shorten(string token) => token.Length > 64 ? token[..64] : token;
}
