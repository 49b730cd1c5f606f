using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Golden;

/// <summary>Compares what a reader answered with what a case of <c>golden/documents</c> expects.</summary>
public static class GoldenDocumentComparer
{
    /// <summary>
    /// What is wrong; empty where all is right. Exactly one of the answers is given. Files of kinds that the platform does
    /// not read must be refused as such (or with an error that the case accepts).
    /// </summary>
    public static IReadOnlyList<string> Check(GoldenDocumentCase expected, ParsedDocument? document, DocumentException? error)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (error is not null)
        {
            bool accepted = expected.Accept.Any(result => result.Outcome == "error" && result.Error == error.Code)
                || (expected.IsForeign && error.Code == DocumentErrors.UnsupportedType);
            return accepted ? [] : [$"error {error.Code} ({error.Message}) instead of {Accepted(expected)}"];
        }

        if (document is null)
        {
            return ["neither a document nor an error"];
        }

        if (expected.IsForeign)
        {
            return [$"read as {document.Kind}, but {expected.Kind} is not read here: expected unsupported_type"];
        }

        if (!expected.Accept.Any(result => result.Outcome == "ok"))
        {
            return [$"read as {document.Kind}, {document.Text.Length} characters, instead of {Accepted(expected)}"];
        }

        List<string> failures = [];
        GoldenStructure.Check(document, failures);
        GoldenProperties.Check(expected, document, failures);
        GoldenContent.Check(expected, document, failures);
        GoldenTables.Check(expected, document, failures);
        return failures;
    }

    /// <summary>How many of the texts that would be nice to have came out.</summary>
    public static (int Found, int Total) CountOptional(GoldenDocumentCase expected, ParsedDocument document)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ExpectedText[] optional = [.. expected.Find.Where(text => text.Optional)];
        PlacedText placed = new(document, GoldenText.WithoutSpaces);
        return (optional.Count(text => placed.Find(text.Text).Any()), optional.Length);
    }

    private static string Accepted(GoldenDocumentCase expected) =>
        string.Join(" or ", expected.Accept.Select(result => result.Error ?? result.Outcome));
}
