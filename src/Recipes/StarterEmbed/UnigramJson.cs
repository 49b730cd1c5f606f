using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>A tokenizer.json with a Unigram model, as JSON: what it says of its pieces, and the same with fewer of them.</summary>
internal static class UnigramJson
{
    /// <summary>What stands for a space in pieces.</summary>
    public const char Space = '▁';

    /// <summary>Pieces with their scores, in the order of their ids.</summary>
    /// <exception cref="RecipeException">It is another kind of tokenizer.</exception>
    public static JsonArray Vocabulary(JsonObject tokenizer) =>
        tokenizer["model"] is JsonObject model && (string?)model["type"] == "Unigram" && model["vocab"] is JsonArray vocabulary
            ? vocabulary
            : throw new RecipeException($"tokenizer.json: model.type {tokenizer["model"]?["type"]}, expected Unigram, whose pieces can be left out");

    /// <summary>The text of an entry of the vocabulary.</summary>
    public static string Piece(JsonNode? entry) =>
        entry is JsonArray { Count: 2 } pair ? (string)pair[0]! : throw new RecipeException("tokenizer.json: model.vocab holds an entry that is no pair of piece and score");

    /// <summary>The id of what is unknown.</summary>
    public static int UnknownId(JsonObject tokenizer) =>
        (int?)tokenizer["model"]!["unk_id"] ?? throw new RecipeException("tokenizer.json: model.unk_id is missing, expected a piece for what is unknown");

    /// <summary>The ids of added tokens.</summary>
    public static IEnumerable<int> AddedIds(JsonObject tokenizer) => Added(tokenizer).Select(token => (int)token["id"]!);

    /// <summary>The same tokenizer with only some of its pieces.</summary>
    /// <param name="tokenizer">Stays as it is.</param>
    /// <param name="kept">Old ids; their places are the new ids.</param>
    public static JsonObject WithPieces(JsonObject tokenizer, int[] kept)
    {
        JsonObject small = tokenizer.DeepClone().AsObject();
        Dictionary<int, int> ids = kept.Select((id, index) => (id, index)).ToDictionary(pair => pair.id, pair => pair.index);
        JsonArray vocabulary = Vocabulary(tokenizer);
        JsonNode model = small["model"]!;
        model["vocab"] = new JsonArray([.. kept.Select(id => vocabulary[id]!.DeepClone())]);
        model["unk_id"] = ids[UnknownId(tokenizer)];
        foreach (JsonObject token in Added(small))
        {
            token["id"] = ids[(int)token["id"]!];
        }

        Renumber(small["post_processor"], ids);
        return small;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="RecipeException">It is no JSON object.</exception>
    public static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new JsonException("no object");
        }
        catch (JsonException broken)
        {
            throw new RecipeException($"{Path.GetFileName(path)}: {broken.Message}, expected a JSON object", broken);
        }
    }

    private static IEnumerable<JsonObject> Added(JsonObject tokenizer) => (tokenizer["added_tokens"] as JsonArray ?? []).OfType<JsonObject>();

    // TemplateProcessing lists each special token's ids; others (RobertaProcessing) pair a text with an id.
    private static void Renumber(JsonNode? node, Dictionary<int, int> ids)
    {
        switch (node)
        {
            case JsonObject processor when (string?)processor["type"] == "TemplateProcessing":
                foreach ((_, JsonNode? token) in processor["special_tokens"]!.AsObject())
                {
                    token!["ids"] = new JsonArray([.. token["ids"]!.AsArray().Select(id => (JsonNode)ids[(int)id!])]);
                }

                break;
            case JsonObject processor when (string?)processor["type"] == "Sequence":
                foreach (JsonNode? part in processor["processors"]!.AsArray())
                {
                    Renumber(part, ids);
                }

                break;
            case JsonObject processor when processor["sep"] is JsonArray { Count: 2 } sep && processor["cls"] is JsonArray { Count: 2 } cls:
                sep[1] = ids[(int)sep[1]!];
                cls[1] = ids[(int)cls[1]!];
                break;
        }
    }
}
