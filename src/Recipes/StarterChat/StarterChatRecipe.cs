using System.Globalization;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Recipes.Running;
using LlmPlatform.Recipes.StarterEmbed;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>
/// starter-chat: a small llama model for Korean and English. A vocabulary and random weights are made here, then the platform
/// trains it on texts (<c>causal_lm</c>) and on conversations (<c>sft</c>).
/// </summary>
public sealed class StarterChatRecipe : IStarterRecipe
{
    private const string Pretraining = "pretraining";
    private const string FineTuning = "fine-tuning";

    /// <inheritdoc/>
    public string Name => "starter-chat";

    /// <inheritdoc/>
    public string Description => "a small chat model for Korean and English, from nothing: vocabulary, texts, conversations";

    /// <inheritdoc/>
    public async Task RunAsync(RecipeContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<ScopeText> texts = ScopeTexts.Load();
        StageRecipe pretraining = JobRecipes.Read(Name, Pretraining, context.Smoke);
        StageRecipe fineTuning = JobRecipes.Read(Name, FineTuning, context.Smoke);
        StarterChatData data = new(context, texts);

        context.Log.Stage("data", "texts, vocabulary and a model that has learnt nothing");
        StarterChatData.Fresh fresh = await data.PretrainingAsync(pretraining, cancellationToken).ConfigureAwait(false);
        string blank = await context.Platform.RegisterAsync(fresh.Model, $"{Name}-blank", cancellationToken).ConfigureAwait(false);
        Job pretrained = await TrainAsync(context, pretraining, blank, $"{Name}-texts", fresh.Training, fresh.Validation, cancellationToken).ConfigureAwait(false);

        context.Log.Stage("data", "conversations");
        string conversations = await data.FineTuningAsync(fineTuning, cancellationToken).ConfigureAwait(false);
        Job tuned = await TrainAsync(context, fineTuning, pretrained.OutputVersion, $"{Name}-conversations", conversations, null, cancellationToken).ConfigureAwait(false);

        context.Log.Stage("model", "the result, in float16");
        string downloaded = Path.Combine(data.Folder, "result");
        if (Directory.Exists(downloaded))
        {
            Directory.Delete(downloaded, recursive: true);
        }

        await context.Platform.DownloadAsync(tuned.OutputVersion, downloaded, cancellationToken).ConfigureAwait(false);
        long bytes = await HalfPrecision.WriteAsync([(downloaded, 1)], context.Output, cancellationToken).ConfigureAwait(false);
        context.Log.Note(string.Create(CultureInfo.InvariantCulture, $"{Name}: {bytes / 1e6:F1} MB"));
    }

    private async Task<Job> TrainAsync(
        RecipeContext context, StageRecipe stage, string baseModel, string output, string training, string? validation, CancellationToken cancellationToken)
    {
        context.Log.Stage(stage.Name, $"{stage.Job.Objective} from {baseModel}");
        string[] files = validation is null ? [training] : [training, validation];
        List<string> hashes = [];
        foreach (string file in files)
        {
            hashes.Add(await RequestId.OfFileAsync(file, cancellationToken).ConfigureAwait(false));
        }

        Recipe job = stage.Job.Clone();
        (job.BaseModel, job.OutputModel) = (baseModel, context.Smoke ? $"{output}-smoke" : output);
        job.TrainingFiles.Add(await context.Platform.UploadAsync(training, cancellationToken).ConfigureAwait(false));
        if (validation is not null)
        {
            job.ValidationFiles.Add(await context.Platform.UploadAsync(validation, cancellationToken).ConfigureAwait(false));
        }

        return await context.Platform.TrainAsync(stage.Name, job, RequestId.Of($"{Name}/{stage.Name}", job, hashes), cancellationToken).ConfigureAwait(false);
    }
}
