using LlmPlatform.Recipes.Running;
using LlmPlatform.Tokenization.Trainers;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>
/// What starter-chat is trained on, in the workspace. Each part is made anew only when what it is made of changed, so that a
/// recipe that is run again asks for the same jobs.
/// </summary>
internal sealed class StarterChatData(RecipeContext context, IReadOnlyList<ScopeText> texts)
{
    // Changes when the same inputs are to give other files.
    private const string Format = "1";

    private const string Inputs = "inputs.sha256";

    /// <summary>The recipe's folder in the workspace.</summary>
    public string Folder { get; } = Path.Combine(context.Workspace, context.Smoke ? "starter-chat-smoke" : "starter-chat");

    /// <summary>Texts, and a model for them that has learnt nothing. The texts that we wrote are not among them.</summary>
    /// <param name="stage">The size of the model and how much of each kind of text is taken.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<Fresh> PretrainingAsync(StageRecipe stage, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(Folder, stage.Name);
        Fresh fresh = new(Path.Combine(folder, "training.jsonl"), Path.Combine(folder, "validation.jsonl"), Path.Combine(folder, "model"));
        string key = await KeyAsync(stage, PretrainingTexts.Folders, [], cancellationToken).ConfigureAwait(false);
        if (await IsMadeAsync(folder, key, cancellationToken).ConfigureAwait(false))
        {
            return fresh;
        }

        LlamaShape shape = LlamaShape.From(stage);
        Directory.CreateDirectory(folder);
        IEnumerable<(string Text, int Copies)> Mixture() => TextMixture.Take(PretrainingTexts.Read(context.DataFolder), kind => stage.Number($"{kind}_percent"));

        long training = JsonLines.WriteTexts(
            fresh.Training, Mixture().SelectMany(pair => Enumerable.Repeat(pair.Text, pair.Copies)), cancellationToken);
        long validation = JsonLines.WriteTexts(fresh.Validation, Mixture().Where(pair => pair.Copies == 0).Select(pair => pair.Text), cancellationToken);
        context.Log.Note($"{training} texts to train on, {validation} held out");
        TrainedTokenizer tokenizer = ChatTokenizer.Train(
            Mixture().SelectMany(pair => Enumerable.Repeat(pair.Text, pair.Copies)), shape.VocabSize, cancellationToken);
        context.Log.Note($"a vocabulary of {tokenizer.Vocabulary.Count} pieces");
        ChatTokenizer.Save(tokenizer, fresh.Model, shape.MaxPositionEmbeddings);
        await FreshLlama.WriteAsync(fresh.Model, shape, stage.Job.Seed, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, Inputs), key, cancellationToken).ConfigureAwait(false);
        return fresh;
    }

    /// <summary>Conversations.</summary>
    /// <param name="stage">How much of each kind is taken.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The file.</returns>
    public async Task<string> FineTuningAsync(StageRecipe stage, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(Folder, stage.Name);
        string file = Path.Combine(folder, "training.jsonl");
        string key = await KeyAsync(stage, FineTuningRows.Folders, texts, cancellationToken).ConfigureAwait(false);
        if (!await IsMadeAsync(folder, key, cancellationToken).ConfigureAwait(false))
        {
            Directory.CreateDirectory(folder);
            long rows = JsonLines.WriteConversations(file, FineTuningRows.Read(context.DataFolder, texts, stage), cancellationToken);
            context.Log.Note($"{rows} conversations");
            await File.WriteAllTextAsync(Path.Combine(folder, Inputs), key, cancellationToken).ConfigureAwait(false);
        }

        return file;
    }

    private static async Task<bool> IsMadeAsync(string folder, string key, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, Inputs);
        if (!File.Exists(path))
        {
            return false;
        }

        if (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false) == key)
        {
            return true;
        }

        // Nobody takes half of the old and half of the new for whole.
        File.Delete(path);
        return false;
    }

    // The numbers of the stage, every file of the data sets by its content, and the texts.
    private async Task<string> KeyAsync(
        StageRecipe stage, IEnumerable<string> folders, IEnumerable<ScopeText> written, CancellationToken cancellationToken)
    {
        List<string> parts = [Format, $"{stage.Job.Seed}", .. stage.Data.Select(pair => $"{pair.Key}={pair.Value}")];
        foreach (string folder in folders)
        {
            string path = Path.Combine(context.DataFolder, folder);
            string[] files = Directory.Exists(path)
                ? Directory.GetFiles(path)
                : throw new RecipeException($"--data: there is no folder {folder} in {context.DataFolder}, expected the data set");
            foreach (string file in files.Where(file => !file.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                parts.Add($"{folder}/{Path.GetFileName(file)}");
                parts.Add(await RequestId.OfFileAsync(file, cancellationToken).ConfigureAwait(false));
            }
        }

        parts.AddRange(written.SelectMany(text => QuestionSplit.Training(text).Append(text.Answer)));
        return RequestId.OfTexts(parts);
    }

    /// <summary>A model that has learnt nothing and what it is to learn.</summary>
    /// <param name="Training">Rows with <c>text</c>.</param>
    /// <param name="Validation">Held-out rows.</param>
    /// <param name="Model">A folder in Hugging Face's layout.</param>
    internal sealed record Fresh(string Training, string Validation, string Model);
}
