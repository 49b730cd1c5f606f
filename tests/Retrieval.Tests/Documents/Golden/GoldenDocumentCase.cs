using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Testing;

namespace LlmPlatform.Retrieval.Tests.Documents.Golden;

/// <summary>A file of <c>golden/documents</c> and what a reader must find in it; the names are those of <c>expected.json</c>.</summary>
public sealed record GoldenDocumentCase
{
    private static readonly Lazy<IReadOnlyDictionary<string, GoldenDocumentCase>> Cases = new(Load);

    /// <summary>The kinds that the platform reads, by the name that the reference material gives them.</summary>
    private static readonly Dictionary<string, string> Supported = new(StringComparer.Ordinal)
    {
        ["txt"] = DocumentKinds.Text,
        ["markdown"] = DocumentKinds.Markdown,
        ["html"] = DocumentKinds.Html,
        ["csv"] = DocumentKinds.Csv,
        ["jsonl"] = DocumentKinds.Jsonl,
        ["json"] = DocumentKinds.Jsonl,
        ["docx"] = DocumentKinds.Docx,
        ["pptx"] = DocumentKinds.Pptx,
        ["xlsx"] = DocumentKinds.Xlsx,
        ["pdf"] = DocumentKinds.Pdf,
    };

    /// <summary>All cases, in the file's order; empty where there is no reference material.</summary>
    public static IEnumerable<GoldenDocumentCase> All => Cases.Value.Values;

    public required string File { get; init; }

    /// <summary>What the content is; null: nothing known.</summary>
    public string? Kind { get; init; }

    public required string Outcome { get; init; }

    public string? Error { get; init; }

    public IReadOnlyList<AcceptedResult> Accept { get; init; } = [];

    public string? Password { get; init; }

    public string? Title { get; init; }

    public string? Author { get; init; }

    public string? Charset { get; init; }

    public string? ExactText { get; init; }

    public IReadOnlyList<ExpectedText> Find { get; init; } = [];

    public IReadOnlyList<AbsentText> Absent { get; init; } = [];

    public IReadOnlyList<string> Order { get; init; } = [];

    public IReadOnlyList<ExpectedTable> Tables { get; init; } = [];

    public IReadOnlyList<IReadOnlyList<string>>? Rows { get; init; }

    public IReadOnlyList<JsonElement>? Records { get; init; }

    public IReadOnlyList<ExpectedCell> Cells { get; init; } = [];

    public int? RowCount { get; init; }

    public int? Pages { get; init; }

    public int? Slides { get; init; }

    public bool HeadingsOptional { get; init; }

    public CaseLimits? Limits { get; init; }

    public string? MustNotCreate { get; init; }

    /// <summary>The file, and where a file has several cases (with other passwords) its number: <c>pdf/a.pdf#2</c>.</summary>
    [JsonIgnore]
    public string Id { get; private init; } = "";

    /// <summary>Whether it was made to do harm: to be read in a process of its own.</summary>
    [JsonIgnore]
    public bool IsHostile => File.StartsWith("hostile/", StringComparison.Ordinal);

    /// <summary>The kind in the platform's words; null where the platform does not read such files.</summary>
    [JsonIgnore]
    public string? SupportedKind => Kind is not null && Supported.TryGetValue(Kind, out string? kind) ? kind : null;

    /// <summary>Whether the content is of a kind that the platform does not read (it is known, but not to us).</summary>
    [JsonIgnore]
    public bool IsForeign => Kind is not null && SupportedKind is null;

    /// <summary>The ids for a theory; one id that skips where there is no reference material.</summary>
    public static TheoryData<string> Ids(bool hostile)
    {
        string[] ids = [.. All.Where(item => item.IsHostile == hostile).Select(item => item.Id)];
        return ids.Length == 0 ? ["none"] : [.. ids];
    }

    /// <summary>The case of an id; skips the calling test where there is no reference material.</summary>
    public static GoldenDocumentCase Get(string id)
    {
        SharedData.Require("golden", "documents", "expected.json");
        return Cases.Value[id];
    }

    /// <summary>The file as it would be uploaded.</summary>
    public DocumentSource ToSource() => new(
        Path.GetFileName(File),
        System.IO.File.ReadAllBytes(SharedData.Require("golden", "documents", File)),
        Password);

    private static Dictionary<string, GoldenDocumentCase> Load()
    {
        Dictionary<string, GoldenDocumentCase> result = new(StringComparer.Ordinal);
        if (SharedData.TryFind("golden", "documents", "expected.json") is { } path)
        {
            foreach (GoldenDocumentCase item in JsonSerializer.Deserialize<CaseFile>(
                System.IO.File.ReadAllBytes(path), JsonSerializerOptions.Web)!.Cases)
            {
                string id = item.File;
                for (int number = 2; result.ContainsKey(id); number++)
                {
                    id = $"{item.File}#{number}";
                }

                result.Add(id, item with { Id = id });
            }
        }

        return result;
    }

    private sealed record CaseFile(IReadOnlyList<GoldenDocumentCase> Cases);
}

/// <summary>A result that is fine: <c>ok</c>, or <c>error</c> with a class.</summary>
public sealed record AcceptedResult(string Outcome, string? Error);

/// <summary>A text that must come out, and where it stands.</summary>
public sealed record ExpectedText(
    string Text,
    string? Match,
    int? Page,
    int? Slide,
    IReadOnlyList<string>? Headings,
    string? Sheet,
    string? Cell,
    int? Row,
    int? Record,
    bool Optional,
    bool Once);

/// <summary>A text that must not come out.</summary>
public sealed record AbsentText(string Text, string? Why, bool Optional);

/// <summary>Rows of cell texts; <c>ShapeOnly</c>: cells that a span covers may repeat its text.</summary>
public sealed record ExpectedTable(IReadOnlyList<IReadOnlyList<string>> Rows, int? Page, int? Slide, bool ShapeOnly);

/// <summary>A spreadsheet's cell: stored value, and the text that is shown.</summary>
public sealed record ExpectedCell(string Sheet, string Cell, string Type, JsonElement Value, string? Shown);

/// <summary>What reading a hostile file may cost.</summary>
public sealed record CaseLimits(double MaxSeconds, double MaxMemoryMiB);
