using System.Text.Json.Nodes;
using LlmPlatform.Testing;
using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Tests.Data.Golden;

/// <summary>The folder golden/training/collation: cases, rows and tokenizers.</summary>
internal static class CollationData
{
    public const string Folder = "training/collation";

    private static readonly string[] Location = ["golden", "training", "collation"];

    /// <summary>Numbers of a file's cases, for theories; one case -1 where the reference material is missing.</summary>
    public static TheoryData<int, string> Cases(string file, Func<JsonObject, string> describe)
    {
        TheoryData<int, string> cases = [];
        if (SharedData.TryFind([.. Location, file]) is not { } path)
        {
            cases.Add(-1, "no reference material");
            return cases;
        }

        JsonArray all = JsonNode.Parse(File.ReadAllBytes(path))!["cases"]!.AsArray();
        for (int i = 0; i < all.Count; i++)
        {
            cases.Add(i, describe(all[i]!.AsObject()));
        }

        return cases;
    }

    /// <summary>What a case of a trainer is called.</summary>
    public static string Describe(JsonObject test) => $"{test["trainer"]} {test["format"]} {test["tokenizer"]} {test["options"]?.ToJsonString()}".Trim();

    /// <summary>A case, counted; the test is skipped where there is none.</summary>
    public static JsonObject Case(string file, int number)
    {
        JsonObject test = JsonNode.Parse(File.ReadAllBytes(SharedData.Require([.. Location, file])))!["cases"]![number]!.AsObject();
        GoldenCoverage.Count(Folder, skipped: false);
        return test;
    }

    /// <summary>Rows of a format, each of the caller's own.</summary>
    public static List<JsonObject> Rows(string format)
    {
        JsonNode all = JsonNode.Parse(File.ReadAllBytes(SharedData.Require([.. Location, "rows.json"])))!;
        return [.. all[format]!.AsArray().Select(row => row!.DeepClone().AsObject())];
    }

    /// <summary>A tokenizer by the name that cases have for it: bpe, bpe_bos or wordpiece.</summary>
    public static DataTokenizer Tokenizer(string name = "bpe")
    {
        string file = name == "bpe" ? "tokenizer.json" : $"tokenizer_{name.Replace("bpe_", "", StringComparison.Ordinal)}.json";
        JsonNode info = JsonNode.Parse(File.ReadAllBytes(SharedData.Require([.. Location, "tokenizer_info.json"])))!;
        return new DataTokenizer
        {
            Tokenizer = Tokenization.Tokenizer.Load(SharedData.Require([.. Location, file])),
            ChatTemplate = ChatTemplate.Compile(File.ReadAllText(SharedData.Require([.. Location, "chat_template.jinja"]))),
            BosToken = (string?)info["bos_token"],
            EosToken = (string?)info["eos_token"],
            PadId = (int)info["pad_token_id"]!,
        };
    }

    public static int[] Ints(JsonNode? node) => [.. node!.AsArray().Select(item => (int)item!)];

    /// <summary>A table of numbers, flat.</summary>
    public static long[] Flat(JsonNode? node) => [.. node!.AsArray().SelectMany(row => row!.AsArray()).Select(item => (long)item!)];
}
