namespace LlmPlatform.Retrieval.Documents;

/// <summary>The kinds of documents that are read, and their media types.</summary>
public static class DocumentKinds
{
    /// <summary>Plain text.</summary>
    public const string Text = "txt";

    /// <summary>Markdown.</summary>
    public const string Markdown = "markdown";

    /// <summary>HTML.</summary>
    public const string Html = "html";

    /// <summary>Rows of comma-separated values (or with another delimiter).</summary>
    public const string Csv = "csv";

    /// <summary>A JSON value a line.</summary>
    public const string Jsonl = "jsonl";

    /// <summary>PDF.</summary>
    public const string Pdf = "pdf";

    /// <summary>Word, Office Open XML.</summary>
    public const string Docx = "docx";

    /// <summary>PowerPoint, Office Open XML.</summary>
    public const string Pptx = "pptx";

    /// <summary>Excel, Office Open XML.</summary>
    public const string Xlsx = "xlsx";

    /// <summary>The media type of a kind.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the kinds.</exception>
    public static string MediaType(string kind) => kind switch
    {
        Text => "text/plain",
        Markdown => "text/markdown",
        Html => "text/html",
        Csv => "text/csv",
        Jsonl => "application/jsonl",
        Pdf => "application/pdf",
        Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of document"),
    };
}
