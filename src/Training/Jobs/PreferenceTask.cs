using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Objectives;

namespace LlmPlatform.Training.Jobs;

/// <summary>
/// Direct preference optimisation of a decoder. The reference is the model as training begins; a new adapter has no effect
/// yet, so that this is the base.
/// </summary>
internal sealed class PreferenceTask : TrainingTask<ReferencedPairs>
{
    private readonly JobContext _context;
    private readonly CausalLanguageModel _network;
    private readonly IReadOnlyList<PreferenceExample> _training;
    private readonly IReadOnlyList<PreferenceExample> _validation;
    private readonly PreferenceCollator _collator;

    // Of each pair the better answer's log-probability, then the worse one's; held-out pairs behind the others.
    private float[] _reference = [];

    private PreferenceTask(
        JobContext context,
        CausalLanguageModel network,
        (IReadOnlyList<PreferenceExample> Training, IReadOnlyList<PreferenceExample> Validation) data,
        PreferenceCollator collator,
        int maxLength)
        : base(new TrainedModel(context, network))
    {
        (_context, _network, _collator) = (context, network, collator);
        (_training, _validation) = data;
        Objective = new PreferenceObjective(network, context.Recipe.Beta);
        ReferenceHash = Hashes.Of(
            context.DataHash,
            DataHash.Of(context.Start.ValidationFiles),
            context.Start.BaseVersion,
            context.Start.BaseAdapterFolder is null ? "" : "adapter",
            context.Recipe.Dtype,
            FormattableString.Invariant($"{maxLength}"));
    }

    public override Objective<ReferencedPairs> Objective { get; }

    public override int TrainingRows => _training.Count;

    public override int ValidationRows => _validation.Count;

    public override string ReferenceHash { get; }

    public static PreferenceTask Create(JobContext context)
    {
        DataTokenizer tokenizer = JobContext.Tokenizer(context.Base);
        int maxLength = context.MaxLength(context.Base);
        PreferenceOptions options = new() { MaxLength = maxLength };
        (IReadOnlyList<PreferenceExample>, IReadOnlyList<PreferenceExample>) data = context.Read(
            files => PreferenceData.Read(files, tokenizer, options, context.Stop), pair => [pair.PromptIds, pair.ChosenIds, pair.RejectedIds]);
        return new PreferenceTask(
            context, AutoModelForCausalLM.FromFolder(context.Base, context.Dtype), data, new PreferenceCollator(tokenizer.PadId, options), maxLength);
    }

    public override void Prepare()
    {
        PreferenceExample[] all = [.. _training, .. _validation];
        _reference = new ReferenceCache(_context.JobFolder, ReferenceHash).GetOrMake(2L * all.Length, () => Ask(all));
    }

    public override ReferencedPairs Training(int[] rows, long number) => Collate(_training, rows, 0);

    public override ReferencedPairs Validation(int[] rows) => Collate(_validation, rows, _training.Count);

    private ReferencedPairs Collate(IReadOnlyList<PreferenceExample> pairs, int[] rows, int first) => new(
        _collator.Collate([.. rows.Select(row => pairs[row])]),
        [.. rows.Select(row => _reference[2 * (first + row)])],
        [.. rows.Select(row => _reference[(2 * (first + row)) + 1])]);

    private float[] Ask(PreferenceExample[] pairs)
    {
        _context.Say("info", $"the reference reads {pairs.Length} pairs");
        float[] values = new float[2 * pairs.Length];
        int size = _context.Recipe.PerDeviceEvalBatchSize;
        for (int first = 0; first < pairs.Length; first += size)
        {
            _context.Stop.ThrowIfCancellationRequested();
            PreferenceExample[] some = pairs[first..Math.Min(pairs.Length, first + size)];
            (float[] chosen, float[] rejected) = PreferenceObjective.LogProbabilities(_network, _collator.Collate(some));
            for (int i = 0; i < some.Length; i++)
            {
                (values[2 * (first + i)], values[(2 * (first + i)) + 1]) = (chosen[i], rejected[i]);
            }
        }

        return values;
    }
}
