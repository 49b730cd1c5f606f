using System.Globalization;
using System.Text.Json.Nodes;
using LlmPlatform.Testing;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.Tokenization.Tests.ChatTemplates;

/// <summary>Templates as models ship them and what transformers renders with them, a row per template.</summary>
[Trait("Category", "Golden")]
public class ChatTemplateGoldenTests
{
    private const string Folder = "generation/chat-templates";

    private static readonly Lazy<ILookup<string, JsonObject>> Cases = new(() =>
        File.ReadLines(SharedData.Require("golden", "generation", "chat-templates", "cases.jsonl"))
            .Select(line => JsonNode.Parse(line)!.AsObject())
            .ToLookup(row => (string)row["template"]!));

    public static TheoryData<string> Templates()
    {
        string? folder = SharedData.TryFind("golden", "generation", "chat-templates");
        return folder is null
            ? ["none"]
            : [.. Directory.EnumerateFiles(folder, "*.jinja").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Renders_as_transformers(string name)
    {
        string file = SharedData.Require("golden", "generation", "chat-templates", name + ".jinja");
        ChatTemplate template = ChatTemplate.Compile(File.ReadAllText(file));
        GoldenRun run = new(Folder);
        foreach (JsonObject row in Cases.Value[name])
        {
            run.Check($"{name}/{row["id"]}", () => Difference(template, row));
        }

        run.Finish();
    }

    private static string? Difference(ChatTemplate template, JsonObject row)
    {
        JsonObject? error = row["error"]?.AsObject();
        try
        {
            RenderedChat chat = template.RenderWithSpans(Input(row));
            if (error is not null)
            {
                return $"expected {error["type"]} ({error["message"]}), got a text of {chat.Text.Length}";
            }

            return TextDifference((string)row["rendered"]!, chat.Text)
                ?? SpanDifference(row["assistant_spans"], chat, span => (span.CodePointStart, span.CodePointEnd))
                ?? SpanDifference(row["assistant_spans_utf16"], chat, span => (span.Start, span.End));
        }
        catch (ChatTemplateException e)
        {
            return error is null
                ? $"fails: {e.Kind} in line {e.Line}: {e.Message}"
                : GoldenErrors.Mismatch(e, (string)error["type"]!, (string)error["message"]!);
        }
    }

    private static ChatTemplateInput Input(JsonObject row) => new()
    {
        Messages = Objects(row["messages"])!,
        Tools = Objects(row["tools"]),
        Documents = Objects(row["documents"]),
        AddGenerationPrompt = (bool)row["add_generation_prompt"]!,
        ContinueFinalMessage = (bool)row["continue_final_message"]!,
        BosToken = (string?)row["bos_token"],
        EosToken = (string?)row["eos_token"],
        Extra = row["extra"]?.AsObject(),
        TimeProvider = new FixedClock(DateTime.Parse((string)row["now"]!, CultureInfo.InvariantCulture)),
    };

    private static List<JsonObject>? Objects(JsonNode? array) => array?.AsArray().Select(item => item!.AsObject()).ToList();

    private static string? TextDifference(string expected, string actual)
    {
        if (expected == actual)
        {
            return null;
        }

        int same = expected.AsSpan().CommonPrefixLength(actual);
        string Near(string text) => text[Math.Max(0, same - 30)..Math.Min(text.Length, same + 40)];
        return $"differs at {same}: expected '{Near(expected)}', got '{Near(actual)}'";
    }

    private static string? SpanDifference(JsonNode? spans, RenderedChat chat, Func<AssistantSpan, (int, int)> select)
    {
        if (spans is null)
        {
            return null;
        }

        IEnumerable<(int, int)> expected = spans.AsArray().Select(span => ((int)span![0]!, (int)span[1]!));
        List<(int, int)> actual = [.. chat.AssistantSpans.Select(select)];
        return expected.SequenceEqual(actual)
            ? null
            : $"spans: expected {spans.ToJsonString()}, got {string.Join(' ', actual)}";
    }
}
