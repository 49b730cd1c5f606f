using System.Text.Json.Nodes;
using LlmPlatform.Testing;
using LlmPlatform.Tokenization.ChatTemplates;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.Tests.ChatTemplates;

/// <summary>Small templates whose rendering by jinja2 is known, a row per group.</summary>
[Trait("Category", "Golden")]
public class JinjaGoldenTests
{
    private const string Folder = "generation/jinja";

    private static readonly FixedClock Clock = new(new DateTime(2026, 3, 9, 14, 5, 6, DateTimeKind.Utc));

    public static TheoryData<string> Groups()
    {
        string? file = SharedData.TryFind("golden", "generation", "jinja", "features.jsonl");
        return file is null ? ["none"] : [.. Cases(file).Select(GroupOf).Distinct()];
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Renders_as_jinja2(string group)
    {
        string file = SharedData.Require("golden", "generation", "jinja", "features.jsonl");
        GoldenRun run = new(Folder);
        foreach (JsonObject feature in Cases(file).Where(feature => GroupOf(feature) == group))
        {
            run.Check((string)feature["id"]!, () => Difference(feature));
        }

        run.Finish();
    }

    private static IEnumerable<JsonObject> Cases(string file) => File.ReadLines(file).Select(line => JsonNode.Parse(line)!.AsObject());

    private static string GroupOf(JsonObject feature) => (string)feature["group"]!;

    private static string? Difference(JsonObject feature)
    {
        JsonObject? error = feature["error"]?.AsObject();
        Template template;
        try
        {
            template = Parser.Parse((string)feature["template"]!);
        }
        catch (ChatTemplateException e)
        {
            return error is null
                ? $"does not compile: {e.Message}"
                : GoldenErrors.Mismatch(e, (string)error["type"]!, (string)error["message"]!);
        }

        try
        {
            Dictionary<string, object?> variables = feature["context"]!.AsObject()
                .ToDictionary(pair => pair.Key, pair => JsonValues.FromNode(pair.Value));
            string text = Interpreter.Render(template, variables, Clock).Text;
            if (error is not null)
            {
                return $"expected {error["type"]}, got '{text}'";
            }

            string expected = (string)feature["rendered"]!;
            return text == expected ? null : $"expected '{expected}', got '{text}'";
        }
        catch (ChatTemplateException e)
        {
            return error is null
                ? $"fails: {e.Kind}: {e.Message}"
                : GoldenErrors.Mismatch(e, (string)error["type"]!, (string)error["message"]!);
        }
    }
}
