using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Tokenization.Tests.Golden;
using LlmPlatform.Tokenization.Trainers;

namespace LlmPlatform.Tokenization.Tests.Trainers;

/// <summary>One training of the reference: what it was told, and what its repeated runs agreed on.</summary>
internal sealed class TrainerSpec(JsonElement row)
{
    public JsonElement Row => row;

    public string Name => row.GetProperty("name").GetString()!;

    public bool IsUnigram => row.GetProperty("trainer").GetString() == "UnigramTrainer";

    public string? Error => row.TryGetProperty("error", out JsonElement error) ? error.GetString() : null;

    /// <summary>Whether all runs of the reference agreed on something.</summary>
    public bool Agreed(string what) => row.GetProperty("same_in_all_runs").GetProperty(what).GetBoolean();

    public double Number(string what) => row.GetProperty("same_in_all_runs").GetProperty(what).GetDouble();

    /// <summary>Trains on the corpus as the reference was called.</summary>
    public TrainedTokenizer Train(int threads)
    {
        IEnumerable<string> texts = TrainingTexts.LinesOf([GoldenCases.PathOf("trainers", row.GetProperty("corpus").GetString()!)]);
        string kind = row.GetProperty("trainer").GetString()!;
        JsonElement options = row.GetProperty("options");
        TokenizerParts parts = Parts(kind, options);
        string? unk = SpecialTokens(options).FirstOrDefault(token => token.Contains("unk", StringComparison.OrdinalIgnoreCase));
        return kind switch
        {
            "BpeTrainer" => new BpeTrainer(Bpe(options, unk) with { Threads = threads }).Train(texts, parts),
            "WordPieceTrainer" => new WordPieceTrainer(WordPiece(options, unk!) with { Threads = threads }).Train(texts, parts),
            "WordLevelTrainer" => new WordLevelTrainer(WordLevel(options, unk!) with { Threads = threads }).Train(texts, parts),
            "UnigramTrainer" => new UnigramTrainer(Unigram(options) with { Threads = threads }).Train(texts, parts),
            _ => throw new InvalidOperationException($"unknown trainer {kind}"),
        };
    }

    private static string[] SpecialTokens(JsonElement options) =>
        options.TryGetProperty("special_tokens", out JsonElement tokens) ? tokens.Deserialize<string[]>()! : [];

    private TokenizerParts Parts(string kind, JsonElement options)
    {
        string preTokenizer = row.GetProperty("pre_tokenizer").GetString()!;
        TokenizerParts parts = preTokenizer switch
        {
            "ByteLevel" => TokenizerParts.ByteLevel(),
            "Metaspace" => TokenizerParts.Metaspace(),
            _ => new TokenizerParts { PreTokenizer = new JsonObject { ["type"] = preTokenizer } },
        };
        if (parts.Decoder is null && kind == "WordPieceTrainer")
        {
            string prefix = options.TryGetProperty("continuing_subword_prefix", out JsonElement own) ? own.GetString()! : "##";
            parts = parts with { Decoder = new JsonObject { ["type"] = "WordPiece", ["prefix"] = prefix, ["cleanup"] = true } };
        }
        else if (parts.Decoder is null && options.TryGetProperty("end_of_word_suffix", out JsonElement suffix))
        {
            parts = parts with { Decoder = new JsonObject { ["type"] = "BPEDecoder", ["suffix"] = suffix.GetString() } };
        }

        return parts;
    }

    private static BpeTrainerOptions Bpe(JsonElement options, string? unk) => options.EnumerateObject().Aggregate(
        new BpeTrainerOptions { UnkToken = unk },
        (result, option) => option.Name switch
        {
            "vocab_size" => result with { VocabSize = option.Value.GetInt32() },
            "min_frequency" => result with { MinFrequency = option.Value.GetInt64() },
            "special_tokens" => result with { SpecialTokens = SpecialTokens(options) },
            "limit_alphabet" => result with { LimitAlphabet = option.Value.GetInt32() },
            "initial_alphabet" => result with { InitialAlphabet = Alphabet(option.Value) },
            "continuing_subword_prefix" => result with { ContinuingSubwordPrefix = option.Value.GetString() },
            "end_of_word_suffix" => result with { EndOfWordSuffix = option.Value.GetString() },
            "max_token_length" => result with { MaxTokenLength = option.Value.GetInt32() },
            _ => throw new InvalidOperationException($"unknown option {option.Name}"),
        });

    private static WordPieceTrainerOptions WordPiece(JsonElement options, string unk) => options.EnumerateObject().Aggregate(
        new WordPieceTrainerOptions { UnkToken = unk },
        (result, option) => option.Name switch
        {
            "vocab_size" => result with { VocabSize = option.Value.GetInt32() },
            "min_frequency" => result with { MinFrequency = option.Value.GetInt64() },
            "special_tokens" => result with { SpecialTokens = SpecialTokens(options) },
            "limit_alphabet" => result with { LimitAlphabet = option.Value.GetInt32() },
            "initial_alphabet" => result with { InitialAlphabet = Alphabet(option.Value) },
            "continuing_subword_prefix" => result with { ContinuingSubwordPrefix = option.Value.GetString()! },
            "end_of_word_suffix" => result with { EndOfWordSuffix = option.Value.GetString() },
            _ => throw new InvalidOperationException($"unknown option {option.Name}"),
        });

    private static WordLevelTrainerOptions WordLevel(JsonElement options, string unk) => options.EnumerateObject().Aggregate(
        new WordLevelTrainerOptions { UnkToken = unk },
        (result, option) => option.Name switch
        {
            "vocab_size" => result with { VocabSize = option.Value.GetInt32() },
            "min_frequency" => result with { MinFrequency = option.Value.GetInt64() },
            "special_tokens" => result with { SpecialTokens = SpecialTokens(options) },
            _ => throw new InvalidOperationException($"unknown option {option.Name}"),
        });

    private static UnigramTrainerOptions Unigram(JsonElement options) => options.EnumerateObject().Aggregate(
        new UnigramTrainerOptions(),
        (result, option) => option.Name switch
        {
            "vocab_size" => result with { VocabSize = option.Value.GetInt32() },
            "special_tokens" => result with { SpecialTokens = SpecialTokens(options) },
            "initial_alphabet" => result with { InitialAlphabet = Alphabet(option.Value) },
            "unk_token" => result with { UnkToken = option.Value.GetString() },
            "shrinking_factor" => result with { ShrinkingFactor = option.Value.GetDouble() },
            "max_piece_length" => result with { MaxPieceLength = option.Value.GetInt32() },
            "n_sub_iterations" => result with { SubIterations = option.Value.GetInt32() },
            _ => throw new InvalidOperationException($"unknown option {option.Name}"),
        });

    // A name stands for the 256 characters of bytes.
    private static IReadOnlyCollection<string> Alphabet(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? BpeTrainerOptions.ByteLevelAlphabet : value.Deserialize<string[]>()!;
}
