using System.Collections.Immutable;
using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Objectives;

namespace LlmPlatform.Training.Jobs;

/// <summary>An encoder learns which texts belong together. Its prompts for queries and documents are put before the texts.</summary>
internal sealed class ContrastiveTask : TrainingTask<PairBatch>
{
    private readonly IReadOnlyList<PairExample> _training;
    private readonly IReadOnlyList<PairExample> _validation;
    private readonly PairCollator _collator;

    private ContrastiveTask(
        JobContext context, SentenceEmbeddingModel network, (IReadOnlyList<PairExample> Training, IReadOnlyList<PairExample> Validation) data, int padId)
        : base(new TrainedModel(context, network))
    {
        (_training, _validation) = data;
        _collator = new PairCollator(padId);
        Objective = new ContrastiveObjective(network, context.Recipe.Scale);
    }

    public override Objective<PairBatch> Objective { get; }

    public override int TrainingRows => _training.Count;

    public override int ValidationRows => _validation.Count;

    public static ContrastiveTask Create(JobContext context)
    {
        DataTokenizer tokenizer = JobContext.Tokenizer(context.Base);
        ImmutableSortedDictionary<string, string> prompts = context.Base.SentenceTransformers?.Prompts ?? ImmutableSortedDictionary<string, string>.Empty;
        PairOptions options = new()
        {
            MaxLength = context.MaxLength(context.Base),
            AnchorPrompt = prompts.GetValueOrDefault("query", ""),
            PositivePrompt = prompts.GetValueOrDefault("document", prompts.GetValueOrDefault("passage", "")),
        };
        (IReadOnlyList<PairExample>, IReadOnlyList<PairExample>) data = context.Read(
            files => PairData.Read(files, tokenizer, options, context.Stop), pair => [pair.Anchor, pair.Positive, .. pair.Negatives]);
        return new ContrastiveTask(context, AutoModelForSentenceEmbedding.FromFolder(context.Base, context.Dtype), data, tokenizer.PadId);
    }

    public override PairBatch Training(int[] rows, long number) => _collator.Collate([.. rows.Select(row => _training[row])]);

    public override PairBatch Validation(int[] rows) => _collator.Collate([.. rows.Select(row => _validation[row])]);
}
