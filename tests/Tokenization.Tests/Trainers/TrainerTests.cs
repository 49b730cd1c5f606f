using System.Text.Json;
using LlmPlatform.Tokenization.Trainers;

namespace LlmPlatform.Tokenization.Tests.Trainers;

public class TrainerTests
{
    private static readonly BpeTrainerOptions Bytes = new()
    {
        VocabSize = 700,
        SpecialTokens = ["<s>", "</s>"],
        InitialAlphabet = BpeTrainerOptions.ByteLevelAlphabet,
    };

    [Fact]
    public void A_trained_tokenizer_gives_texts_back()
    {
        Tokenizer tokenizer = new BpeTrainer(Bytes).Train(TrainingLines.OfRepository, TokenizerParts.ByteLevel(), cancellationToken: TestContext.Current.CancellationToken).Tokenizer;
        Assert.Equal(700, tokenizer.VocabularySize);
        var random = new Random(3);
        string[] texts = [.. TrainingLines.Mixed(200, seed: 5), .. Enumerable.Range(0, 200).Select(i => TestTokenizers.RandomText(random, i % 40))];
        Assert.All(texts, text => Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeIds(text), skipSpecialTokens: false)));
    }

    [Fact]
    public void Unigram_gives_known_texts_back()
    {
        Tokenizer tokenizer = new UnigramTrainer(new UnigramTrainerOptions { VocabSize = 1500, SpecialTokens = ["<unk>"], UnkToken = "<unk>" })
            .Train(TrainingLines.OfRepository, TokenizerParts.Metaspace(), cancellationToken: TestContext.Current.CancellationToken).Tokenizer;
        Assert.Equal(1500, tokenizer.VocabularySize);
        Assert.All(TrainingLines.Mixed(200, seed: 6), text =>
        {
            int[] ids = tokenizer.EncodeIds(text);
            Assert.DoesNotContain(0, ids);
            Assert.Equal(text, tokenizer.Decode(ids));
        });
    }

    [Fact]
    public void A_saved_folder_is_what_was_trained()
    {
        string folder = Directory.CreateTempSubdirectory("llmplatform-trained-").FullName;
        try
        {
            TrainedTokenizer trained = new BpeTrainer(Bytes).Train(TrainingLines.OfRepository, TokenizerParts.ByteLevel(), cancellationToken: TestContext.Current.CancellationToken);
            trained.SaveFolder(folder, new TokenizerConfig { BosToken = "<s>", EosToken = "</s>", ModelMaxLength = 512 });
            Tokenizer loaded = Tokenizer.Load(Path.Combine(folder, "tokenizer.json"));
            Assert.All(TrainingLines.Mixed(50, seed: 8), text => Assert.Equal(trained.Tokenizer.EncodeIds(text), loaded.EncodeIds(text)));
            using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer_config.json")));
            Assert.Equal("</s>", config.RootElement.GetProperty("eos_token").GetString());
            Assert.Equal("</s>", config.RootElement.GetProperty("added_tokens_decoder").GetProperty("1").GetProperty("content").GetString());
            Assert.Equal(2, Directory.GetFiles(folder).Length);
            Assert.Throws<ArgumentException>(() => trained.SaveFolder(folder, new TokenizerConfig { PadToken = "<nowhere>" }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_token_made_in_two_ways_can_be_merged_twice()
    {
        // ab+c and a+bc are the same token, and x+abc is then a pair of two times; the file has each merge once.
        string[] texts = [.. Enumerable.Repeat("ab", 50), .. Enumerable.Repeat("bcd", 45), .. Enumerable.Repeat("xabc", 9), .. Enumerable.Repeat("abc", 9)];
        byte[] json = new BpeTrainer(new BpeTrainerOptions { VocabSize = 50 }).Train(texts, new TokenizerParts(), cancellationToken: TestContext.Current.CancellationToken).ToJson();
        using JsonDocument document = JsonDocument.Parse(json);
        string[] merges = [.. document.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray().Select(merge => merge.GetRawText())];
        Assert.NotEmpty(merges);
        Assert.Equal(merges.Distinct(), merges);
    }

    [Fact]
    public void Long_words_are_estimated_by_logarithms()
    {
        // Products of 3,000 probabilities are below the least double.
        var random = new Random(2);
        string[] texts = [.. Enumerable.Range(0, 5).Select(_ => new string(random.GetItems("abcdefgh".ToCharArray(), 3000)))];
        TrainedTokenizer trained = new UnigramTrainer(new UnigramTrainerOptions { VocabSize = 60 }).Train(texts, new TokenizerParts(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(60, trained.Vocabulary.Count);
        Assert.Equal(texts[0], string.Concat(trained.Tokenizer.Encode(texts[0]).Tokens));
    }

    [Fact]
    public void Training_stops_when_told_to()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Callback(step =>
        {
            if (step.Stage == TrainerStage.CountWords)
            {
                stop.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new BpeTrainer(Bytes).Train(TrainingLines.OfRepository, TokenizerParts.ByteLevel(), progress, stop.Token));
        using var stopEstimating = new CancellationTokenSource();
        progress = new Callback(step =>
        {
            if (step.Stage == TrainerStage.Estimate)
            {
                stopEstimating.Cancel();
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new UnigramTrainer(new UnigramTrainerOptions { VocabSize = 1000 })
                .Train(TrainingLines.OfRepository, TokenizerParts.Metaspace(), progress, stopEstimating.Token));
    }

    [Fact]
    public void Bad_options_name_the_option()
    {
        Assert.Equal("VocabSize", ParamName(() => new BpeTrainer(Bytes with { VocabSize = 0 })));
        Assert.Equal("Threads", ParamName(() => new BpeTrainer(Bytes with { Threads = 0 })));
        Assert.Equal("MaxTokenLength", ParamName(() => new BpeTrainer(Bytes with { MaxTokenLength = 0 })));
        Assert.Equal("SpecialTokens", ParamName(() => new BpeTrainer(Bytes with { SpecialTokens = ["a", ""] })));

        static string? ParamName(Func<BpeTrainer> make) =>
            Assert.Throws<ArgumentException>(() => make().Train(["a"], TokenizerParts.ByteLevel(), cancellationToken: TestContext.Current.CancellationToken)).ParamName;
    }

    [Fact]
    public void Unigram_needs_texts_and_room_for_their_characters()
    {
        Assert.Throws<ArgumentException>(() => Train(["a"], new UnigramTrainerOptions { ShrinkingFactor = 1 }));
        Assert.Throws<ArgumentException>(() => Train(["a"], new UnigramTrainerOptions { VocabSize = 1, UnkToken = "<unk>" }));
        Assert.Throws<TokenizationException>(() => Train([], new UnigramTrainerOptions()));
        Assert.Throws<TokenizationException>(() => Train(["abcdef"], new UnigramTrainerOptions { VocabSize = 5 }));
        Assert.Throws<InvalidTokenizerException>(() => new BpeTrainer(Bytes).Train(
            ["a"],
            new TokenizerParts { PreTokenizer = new System.Text.Json.Nodes.JsonObject { ["type"] = "Nonsense" } },
            cancellationToken: TestContext.Current.CancellationToken));

        static void Train(string[] texts, UnigramTrainerOptions options) =>
            new UnigramTrainer(options).Train(texts, TokenizerParts.Metaspace(), cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Errors_of_the_texts_come_through()
    {
        static IEnumerable<string> Texts()
        {
            yield return "one";
            throw new IOException("the file is gone");
        }

        Assert.Equal("the file is gone", Assert.Throws<IOException>(() => new BpeTrainer(Bytes).Train(Texts(), TokenizerParts.ByteLevel(), cancellationToken: TestContext.Current.CancellationToken)).Message);
    }

    private sealed class Callback(Action<TrainerProgress> report) : IProgress<TrainerProgress>
    {
        public void Report(TrainerProgress value) => report(value);
    }
}
