using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Testing;
using LlmPlatform.Tokenization.Trainers;

namespace LlmPlatform.Tokenization.Tests.Trainers;

/// <summary>Tokenizers trained here, in the npm package <c>tokenizers</c>: the same ids, texts and file.</summary>
public class NodeTokenizersTests
{
    private const int LineCount = 1000;

    private static readonly string[] Special = ["<unk>", "<s>", "</s>"];

    [Fact]
    public Task Byte_level_BPE_gives_the_same_ids() => CompareAsync(new BpeTrainer(new BpeTrainerOptions
    {
        VocabSize = 2000,
        SpecialTokens = Special,
        InitialAlphabet = BpeTrainerOptions.ByteLevelAlphabet,
    }).Train(
        TrainingLines.OfRepository,
        TokenizerParts.ByteLevel() with { PostProcessor = TokenizerParts.Template("<s>", "</s>", Special) },
        cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public Task Unigram_with_Metaspace_gives_the_same_ids() => CompareAsync(new UnigramTrainer(new UnigramTrainerOptions
    {
        VocabSize = 2000,
        SpecialTokens = Special,
        UnkToken = "<unk>",
    }).Train(
        TrainingLines.OfRepository,
        TokenizerParts.Metaspace() with { Normalizer = new JsonObject { ["type"] = "NFKC" } },
        cancellationToken: TestContext.Current.CancellationToken));

    [Fact]
    public Task WordPiece_gives_the_same_ids() => CompareAsync(new WordPieceTrainer(new WordPieceTrainerOptions
    {
        VocabSize = 2000,
        SpecialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"],
    }).Train(
        TrainingLines.OfRepository,
        TokenizerParts.Bert(lowercase: true) with
        {
            PostProcessor = TokenizerParts.Template("[CLS]", "[SEP]", ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]),
        },
        cancellationToken: TestContext.Current.CancellationToken));

    private static async Task CompareAsync(TrainedTokenizer trained)
    {
        string folder = Directory.CreateTempSubdirectory("llmplatform-trained-").FullName;
        try
        {
            string path = Path.Combine(folder, "tokenizer.json");
            string saved = Path.Combine(folder, "saved.json");
            string linesPath = Path.Combine(folder, "lines.json");
            string[] lines = [.. TrainingLines.OfRepository.Concat(TrainingLines.Mixed(LineCount, seed: 7)).TakeLast(LineCount)];
            trained.Save(path);
            await File.WriteAllTextAsync(linesPath, JsonSerializer.Serialize(lines), TestContext.Current.CancellationToken);
            JsonNode told = JsonNode.Parse(await RunAsync("tokenizers.mjs", path, linesPath, saved))!;

            List<string> failures = [];
            for (int i = 0; i < lines.Length; i++)
            {
                int[] ids = trained.Tokenizer.EncodeIds(lines[i]);
                if (!ids.SequenceEqual(told["ids"]![i].Deserialize<int[]>()!) || trained.Tokenizer.Decode(ids) != (string?)told["decoded"]![i])
                {
                    failures.Add(lines[i]);
                }
            }

            Assert.Equal(LineCount, told["ids"]!.AsArray().Count);
            Assert.True(failures.Count == 0, $"{failures.Count} of {LineCount} lines differ:\n{string.Join('\n', failures.Take(10))}");
            Assert.All(File.ReadLines(saved).Zip(File.ReadLines(path)), pair => Assert.True(IsSame(pair.First, pair.Second), $"{pair}"));
            Assert.Equal(File.ReadLines(saved).Count(), File.ReadLines(path).Count());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The package reads a number up to its last bit only.
    private static bool IsSame(string line, string own) => line == own
        || (double.TryParse(line, CultureInfo.InvariantCulture, out double score)
            && double.TryParse(own, CultureInfo.InvariantCulture, out double ownScore)
            && Math.Abs(score - ownScore) < 1e-12);

    private static async Task<string> RunAsync(params string[] arguments)
    {
        string folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Platform.Tests", "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "tokenizers")))
        {
            Assert.Skip("the npm package tokenizers is not installed in tests/Platform.Tests/node (npm ci)");
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(90));
        using Process node = new()
        {
            StartInfo = new ProcessStartInfo("node", arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            node.Start();
        }
        catch (Win32Exception exception)
        {
            Assert.Skip($"node cannot be started: {exception.Message}");
        }

        try
        {
            Task<string> errors = node.StandardError.ReadToEndAsync(limit.Token);
            string output = await node.StandardOutput.ReadToEndAsync(limit.Token);
            await node.WaitForExitAsync(limit.Token);
            Assert.True(node.ExitCode == 0, await errors);
            return output;
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill();
            }
        }
    }
}
