using System.Text.Json.Nodes;
using LlmPlatform.Tokenization;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Data;

/// <summary>Reads texts: rows with <c>text</c>, for encoders also with <c>text_pair</c>.</summary>
public static class TextData
{
    /// <summary>
    /// Reads all rows and turns them into tokens. Rows without a token of text are dropped. Blocks drop what is left behind the
    /// last whole one, unless there is none: then all of it is one shorter block.
    /// </summary>
    /// <param name="files">Files of JSON Lines, in order.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="options">Lines or blocks, and their length.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="DataErrorException">Lines are bad, or there is no text.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ExampleList<TextExample> Read(
        IReadOnlyList<WorkerFile> files, DataTokenizer tokenizer, TextOptions options, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxLength, nameof(options));
        List<TextExample> examples = [];
        RowCounts counts;
        if (options.Form == TextForm.Lines)
        {
            counts = DataFiles.Read(files, row => Line(row, tokenizer.Tokenizer, options.MaxLength), examples.Add, stop);
        }
        else
        {
            TextBlocks blocks = new(options.MaxLength, examples.Add);
            counts = DataFiles.Read(files, row => Whole(row, tokenizer, options), text => blocks.Append(text.InputIds), stop);
            if (examples.Count == 0 && blocks.Rest.Length > 1)
            {
                examples.Add(new TextExample(blocks.Rest.ToArray()));
            }
        }

        return examples.Count > 0
            ? new ExampleList<TextExample>(examples, counts)
            : throw DataFiles.Empty(files, $"no text in any of {counts.Rows} rows");
    }

    /// <summary>A text, or a text and its pair, between the tokenizer's special tokens.</summary>
    /// <exception cref="TokenizationException">The member to cut is too short for it.</exception>
    internal static (Encoding Encoding, TextExample Example) EncodeLine(
        Tokenizer tokenizer, string text, string? pair, int? maxLength, TruncationStrategy strategy = TruncationStrategy.LongestFirst)
    {
        TruncationOptions? truncation = maxLength is { } length ? new TruncationOptions(length, Strategy: strategy) : null;
        Encoding encoding = tokenizer.Encode(EncodeInput.FromText(text, pair), new EncodeOptions { Truncation = truncation });
        return (encoding, new TextExample(encoding.Ids, pair is null ? null : encoding.TypeIds));
    }

    private static TextExample? Line(JsonObject row, Tokenizer tokenizer, int maxLength)
    {
        string text = RowText.ReadText(row, "text");
        string? pair = row["text_pair"] is null ? null : RowText.ReadText(row, "text_pair");
        (Encoding encoding, TextExample example) = EncodeLine(tokenizer, text, pair, maxLength);
        return encoding.SpecialTokensMask.Contains(0) ? example : null;
    }

    private static TextExample? Whole(JsonObject row, DataTokenizer tokenizer, TextOptions options)
    {
        string text = RowText.ReadText(row, "text");
        return text.Length == 0
            ? null
            : new TextExample(tokenizer.Tokenizer.EncodeIds(options.AppendEos ? tokenizer.WithEos(text) : text));
    }
}
