using System.Text.Json.Nodes;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Data;

/// <summary>Reads rows of supervised fine-tuning.</summary>
public static class SftData
{
    /// <summary>
    /// Reads all rows and turns them into tokens. A row of which no label is left after cutting is dropped; with packing,
    /// cutting is the packing's.
    /// </summary>
    /// <param name="files">Files of JSON Lines, in order.</param>
    /// <param name="tokenizer">The model's tokenizer and chat template.</param>
    /// <param name="options">Lengths, what is learnt, packing.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="DataErrorException">Lines are bad, or nothing is left to learn from.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ExampleList<SftExample> Read(
        IReadOnlyList<WorkerFile> files, DataTokenizer tokenizer, SftOptions options, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MaxLength is { } length)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length, nameof(options));
        }

        SftRows rows = new(tokenizer, options);
        List<SftExample> examples = [];
        RowCounts counts = DataFiles.Read(files, row => Prepare(rows.Encode(row), options), examples.Add, stop);
        if (options.Packing is { } strategy)
        {
            examples = Packing.Pack(
                examples, options.MaxLength ?? throw new ArgumentException("packing needs max_length", nameof(options)), strategy);
        }

        return examples.Count > 0
            ? new ExampleList<SftExample>(examples, counts)
            : throw DataFiles.Empty(files, $"no token to learn from within max_length {options.MaxLength} in any of {counts.Rows} rows");
    }

    /// <summary>The row cut to its length, or null if nothing of it is learnt.</summary>
    internal static SftExample? Prepare(SftExample row, SftOptions options)
    {
        if (options.Packing is not null)
        {
            return row;
        }

        if (options.MaxLength is { } length && row.InputIds.Length > length)
        {
            Range kept = options.TruncationMode == TruncationMode.KeepStart ? ..length : ^length..;
            row = new SftExample(row.InputIds[kept], row.Labels[kept]);
        }

        return Array.TrueForAll(row.Labels, label => label == SftExample.Ignored) ? null : row;
    }
}
