using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Testing;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>Loads the real tokenizers of the reference material in the several forms they are kept in.</summary>
internal static class RealTokenizers
{
    private static readonly ConcurrentDictionary<string, Lazy<Tokenizer>> Loaded = new(StringComparer.Ordinal);

    public static Tokenizer Load(string name) =>
        Loaded.GetOrAdd(name, _ => new Lazy<Tokenizer>(() => Tokenizer.Parse(Json(name)))).Value;

    /// <summary>The character map of a tokenizer's normalizer, in base64.</summary>
    public static string CharacterMap(string name) =>
        JsonNode.Parse(Json(name))!["normalizer"]!["precompiled_charsmap"]!.GetValue<string>();

    private static byte[] Json(string name)
    {
        string folder = SharedData.Require("tokenizers", name);
        string plain = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(plain))
        {
            return File.ReadAllBytes(plain);
        }

        if (File.Exists(plain + ".gz"))
        {
            using var stream = new GZipStream(File.OpenRead(plain + ".gz"), CompressionMode.Decompress);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        }

        JsonNode node = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer.without-vocab.json")))!;
        string[] ranks = Directory.GetFiles(folder, "*.tiktoken").Where(path => !path.Contains("extra", StringComparison.Ordinal)).ToArray();
        if (ranks.Length == 1)
        {
            FillFromRanks(node["model"]!, ranks[0]);
        }
        else
        {
            node["model"]!["vocab"] = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "encoder.json")));
            node["model"]!["merges"] = new JsonArray([.. File.ReadLines(Path.Combine(folder, "vocab.bpe"))
                .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
                .Select(line => JsonValue.Create(line))]);
        }

        return JsonSerializer.SerializeToUtf8Bytes(node);
    }

    // Every split of a token into two known ones is a merge, in the order of the whole's rank, then the parts'.
    private static void FillFromRanks(JsonNode model, string path)
    {
        Dictionary<string, int> ranks = File.ReadLines(path).Where(line => line.Length > 0).Select(line => line.Split(' '))
            .ToDictionary(fields => ByteText(Convert.FromBase64String(fields[0])), fields => int.Parse(fields[1]), StringComparer.Ordinal);
        var merges = new JsonArray();
        foreach ((string token, int _) in ranks.OrderBy(pair => pair.Value))
        {
            IEnumerable<(string Left, string Right)> splits = Enumerable.Range(1, token.Length - 1)
                .Select(i => (token[..i], token[i..]))
                .Where(split => ranks.ContainsKey(split.Item1) && ranks.ContainsKey(split.Item2));
            foreach ((string left, string right) in splits.OrderBy(split => ranks[split.Left]).ThenBy(split => ranks[split.Right]))
            {
                merges.Add(new JsonArray(left, right));
            }
        }

        model["vocab"] = JsonSerializer.SerializeToNode(ranks);
        model["merges"] = merges;
    }

    private static string ByteText(byte[] bytes) =>
        string.Concat(bytes.Select(value => (char)Tokenization.Unicode.ByteAlphabet.Character(value)));
}
