using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Loop;
using LlmPlatform.Training.Objectives;

namespace LlmPlatform.Training.Jobs;

/// <summary>A language model learns texts, masked or not, or what is labelled in rows.</summary>
internal sealed class LanguageTask : TrainingTask<LanguageBatch>
{
    private readonly Func<int[], long, LanguageBatch> _training;
    private readonly Func<int[], LanguageBatch> _validation;

    private LanguageTask(
        JobContext context,
        LanguageModel network,
        LanguageForm form,
        (int Training, int Validation) rows,
        Func<int[], long, LanguageBatch> training,
        Func<int[], LanguageBatch> validation)
        : base(new TrainedModel(context, network))
    {
        (_training, _validation) = (training, validation);
        (TrainingRows, ValidationRows) = rows;
        Objective = new LanguageObjective(network, form);
    }

    public override Objective<LanguageBatch> Objective { get; }

    public override int TrainingRows { get; }

    public override int ValidationRows { get; }

    public override LanguageBatch Training(int[] rows, long number) => _training(rows, number);

    public override LanguageBatch Validation(int[] rows) => _validation(rows);

    /// <summary>Blocks of text for a decoder.</summary>
    public static LanguageTask Causal(JobContext context)
    {
        DataTokenizer tokenizer = JobContext.Tokenizer(context.Base);
        TextOptions options = new() { Form = TextForm.Blocks, MaxLength = context.MaxLength(context.Base) };
        (IReadOnlyList<TextExample> training, IReadOnlyList<TextExample> validation) =
            context.Read(files => TextData.Read(files, tokenizer, options, context.Stop), row => [row.InputIds]);
        return new LanguageTask(
            context,
            AutoModelForCausalLM.FromFolder(context.Base, context.Dtype),
            LanguageForm.Causal,
            (training.Count, validation.Count),
            (rows, _) => LanguageBatch.From([.. rows.Select(row => training[row])], tokenizer.PadId),
            rows => LanguageBatch.From([.. rows.Select(row => validation[row])], tokenizer.PadId));
    }

    /// <summary>Rows with labels for a decoder.</summary>
    public static LanguageTask Supervised(JobContext context)
    {
        DataTokenizer tokenizer = JobContext.Tokenizer(context.Base);
        SftOptions options = new()
        {
            MaxLength = context.MaxLength(context.Base),
            CompletionOnlyLoss = context.Recipe.CompletionOnlyLoss,
            AssistantOnlyLoss = context.Recipe.AssistantOnlyLoss,
            Packing = context.Recipe.Packing == true ? PackingStrategy.Bfd : null,
        };
        (IReadOnlyList<SftExample> training, IReadOnlyList<SftExample> validation) =
            context.Read(files => SftData.Read(files, tokenizer, options, context.Stop), row => [row.InputIds]);
        SftCollator collator = new(tokenizer.PadId);
        return new LanguageTask(
            context,
            AutoModelForCausalLM.FromFolder(context.Base, context.Dtype),
            LanguageForm.Supervised,
            (training.Count, validation.Count),
            (rows, _) => LanguageBatch.From(collator.Collate([.. rows.Select(row => training[row])])),
            rows => LanguageBatch.From(collator.Collate([.. rows.Select(row => validation[row])])));
    }

    /// <summary>Texts with hidden tokens for an encoder. Held-out rows are hidden the same way in every evaluation.</summary>
    public static LanguageTask Masked(JobContext context)
    {
        DataTokenizer tokenizer = JobContext.Tokenizer(context.Base);
        if (tokenizer.MaskId is null)
        {
            throw new TrainingException(FailureCodes.InvalidRecipe, $"{context.Start.BaseVersion} has no mask_token, expected a base with one for masked_lm");
        }

        TextOptions options = new() { Form = TextForm.Lines, MaxLength = context.MaxLength(context.Base) };
        (IReadOnlyList<TextExample> training, IReadOnlyList<TextExample> validation) =
            context.Read(files => TextData.Read(files, tokenizer, options, context.Stop), row => [row.InputIds]);
        MaskedLmCollator collator = new(MaskedLmOptions.For(tokenizer) with
        {
            MlmProbability = context.Recipe.MlmProbability,
            Seed = context.Recipe.Seed,
        });
        return new LanguageTask(
            context,
            AutoModelForMaskedLM.FromFolder(context.Base, context.Dtype),
            LanguageForm.Masked,
            (training.Count, validation.Count),
            (rows, number) => LanguageBatch.From(collator.Collate([.. rows.Select(row => training[row])], number)),
            rows => LanguageBatch.From(collator.Collate([.. rows.Select(row => validation[row])], -1 - rows[0])));
    }
}
