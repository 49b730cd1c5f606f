using LlmPlatform.Hub;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Loop;
using LlmPlatform.TrainingContracts.Recipes;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Jobs;

/// <summary>What every part of a job needs.</summary>
/// <param name="Start">What the parent sent.</param>
/// <param name="Base">The base's folder.</param>
/// <param name="Emit">Sends an event to the parent.</param>
/// <param name="Stop">Cancelled when the job is to stop with a checkpoint.</param>
internal sealed record JobContext(WorkerStart Start, ModelFolder Base, Action<WorkerEvent> Emit, CancellationToken Stop)
{
    /// <summary>What to train and how.</summary>
    public TrainingRecipe Recipe => Start.Recipe;

    /// <summary>SHA-256 over the training files' hashes.</summary>
    public string DataHash { get; } = Data.DataHash.Of(Start.TrainingFiles);

    /// <summary>The folder of the job, above that of this claim: what later claims may use too.</summary>
    public string JobFolder => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Start.CheckpointFolder)))!;

    /// <summary>How the network's numbers are kept.</summary>
    public ScalarType Dtype => Recipe.Dtype == RecipeRules.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;

    /// <summary>The tokenizer of a model.</summary>
    public static DataTokenizer Tokenizer(ModelFolder folder) => DataTokenizer.FromFolder(folder, new StandingClock());

    /// <summary>Tells something that a person may want to read.</summary>
    public void Say(string level, string text) => Emit(new WorkerMessage(level, text));

    /// <summary>Tokens of a row at most: max_length, or what the model has positions for.</summary>
    public int MaxLength(ModelFolder folder)
    {
        int positions = folder.Config.FindInt32("max_position_embeddings", int.MaxValue) ?? int.MaxValue;
        if (positions < Recipe.MaxLength)
        {
            Say("warn", $"rows are cut to {positions} tokens, the model's max_position_embeddings, instead of max_length {Recipe.MaxLength}");
        }

        return Math.Min(Recipe.MaxLength, positions);
    }

    /// <summary>Reads training and held-out data.</summary>
    /// <typeparam name="T">What a row becomes.</typeparam>
    /// <param name="read">Reads files.</param>
    /// <param name="sequences">All tokens of an example.</param>
    /// <exception cref="DataErrorException">Lines are bad.</exception>
    /// <exception cref="TrainingException">The tokenizer does not fit, or there is more held-out data than training data.</exception>
    public (IReadOnlyList<T> Training, IReadOnlyList<T> Validation) Read<T>(
        Func<IReadOnlyList<WorkerFile>, ExampleList<T>> read, Func<T, IEnumerable<int[]>> sequences)
    {
        ExampleList<T> training = read(Start.TrainingFiles);
        ExampleList<T>? validation = Start.ValidationFiles.IsEmpty ? null : read(Start.ValidationFiles);
        foreach ((string name, ExampleList<T>? list) in new[] { ("training", training), ("validation", validation) })
        {
            if (list?.RowsDropped > 0)
            {
                Say("warn", $"{list.RowsDropped} of {list.RowsRead} rows of {name} data are left out: within max_length nothing of them is learnt");
            }
        }

        if (validation?.RowsRead > training.RowsRead)
        {
            throw new TrainingException(
                FailureCodes.InvalidData,
                $"the validation data has {validation.RowsRead} rows and the training data {training.RowsRead}, expected no more to evaluate on than to train on");
        }

        RequireFits((validation is null ? training : training.Concat(validation)).SelectMany(sequences));
        return (training, validation is null ? [] : validation);
    }

    // Ids that the model has no row for mean that the tokenizer is another model's.
    private void RequireFits(IEnumerable<int[]> sequences)
    {
        int vocabulary = Base.Config.GetInt32("vocab_size");
        int highest = sequences.Select(ids => ids.Length == 0 ? 0 : ids.Max()).DefaultIfEmpty().Max();
        if (highest >= vocabulary)
        {
            throw new TrainingException(
                FailureCodes.InvalidData, $"the tokenizer does not fit {Start.BaseVersion}: it gives the id {highest}, expected ids below vocab_size {vocabulary}");
        }
    }
}
