using System.Globalization;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Versions;
using LlmPlatform.Recipes.Running;
using LlmPlatform.Tokenization;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>
/// A Korean and English sentence encoder made of a larger one: a few of its layers and of its pieces, taught by its vectors
/// (cosine distillation), then by pairs of texts that belong together (contrastive).
/// </summary>
public sealed class StarterEmbedRecipe : IStarterRecipe
{
    private const string RecipeName = "starter-embed";
    private const string Query = "query: ";
    private const string Passage = "passage: ";

    private static readonly int[] Layers = [4, 8, 12];

    /// <inheritdoc/>
    public string Name => RecipeName;

    /// <inheritdoc/>
    public string Description => "a Korean and English sentence encoder of at most 20 MB, taught by multilingual E5 small";

    /// <inheritdoc/>
    public async Task RunAsync(RecipeContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        Directory.CreateDirectory(context.Workspace);
        StageRecipe distillation = JobRecipes.Read(RecipeName, "distillation", context.Smoke);
        StageRecipe contrastive = JobRecipes.Read(RecipeName, "contrastive", context.Smoke);
        ModelFolder teacher = await TeacherModel.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        Preparation preparation = new(context, await ContentHash.ComputeAsync(teacher.Path, cancellationToken).ConfigureAwait(false));

        string texts = await preparation.FileAsync(
            distillation,
            "texts.jsonl",
            path => Rows.WriteAsync(path, Taught(new Corpus(context.DataFolder, distillation), cancellationToken), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        string pairs = await preparation.FileAsync(
            contrastive,
            "pairs.jsonl",
            path => Rows.WriteAsync(path, new PairCorpus(context.DataFolder, contrastive).Pairs(cancellationToken), cancellationToken),
            cancellationToken).ConfigureAwait(false);
        string student = await preparation.FolderAsync(
            distillation,
            "student",
            folder => WriteStudentAsync(teacher, texts, (int)distillation.Number("vocabulary"), folder, context.Log, cancellationToken),
            cancellationToken).ConfigureAwait(false);

        context.Log.Stage("models", "registering teacher and student");
        distillation.Job.Distillation = new DistillationOptions
        {
            TeacherModel = await context.Platform.RegisterAsync(teacher.Path, $"{RecipeName}-teacher", cancellationToken).ConfigureAwait(false),
        };
        string start = await context.Platform.RegisterAsync(student, $"{RecipeName}-student", cancellationToken).ConfigureAwait(false);
        string distilled = await TrainAsync(context, distillation, start, texts, cancellationToken).ConfigureAwait(false);
        string contrasted = await TrainAsync(context, contrastive, distilled, pairs, cancellationToken).ConfigureAwait(false);
        await WriteResultAsync(context, [distilled, contrasted], contrastive.Number("percent") / 100d, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<string> TrainAsync(RecipeContext context, StageRecipe stage, string start, string file, CancellationToken cancellationToken)
    {
        context.Log.Stage(stage.Name, $"training {start}");
        stage.Job.BaseModel = start;
        stage.Job.OutputModel = $"{RecipeName}-{stage.Name}";
        stage.Job.TrainingFiles.Add(await context.Platform.UploadAsync(file, cancellationToken).ConfigureAwait(false));
        string id = RequestId.Of($"{RecipeName}/{stage.Name}", stage.Job, [await RequestId.OfFileAsync(file, cancellationToken).ConfigureAwait(false)]);
        return (await context.Platform.TrainAsync(stage.Name, stage.Job, id, cancellationToken).ConfigureAwait(false)).OutputVersion;
    }

    // Between what the teacher taught and what the pairs did, by weight: more of the pairs finds better, less compares better.
    private static async Task WriteResultAsync(RecipeContext context, string[] versions, double share, CancellationToken cancellationToken)
    {
        context.Log.Stage("result", $"writing {context.Output}");
        List<string> folders = [];
        foreach (string version in versions)
        {
            string folder = Path.Combine(context.Workspace, "trained", version.Replace('@', '-'));
            await context.Platform.DownloadAsync(version, folder, cancellationToken).ConfigureAwait(false);
            folders.Add(folder);
        }

        long bytes = await HalfPrecision.WriteAsync([(folders[0], 1 - share), (folders[1], share)], context.Output, cancellationToken).ConfigureAwait(false);
        context.Log.Note(string.Create(CultureInfo.InvariantCulture, $"{RecipeName}: {bytes / 1e6:F1} MB"));
    }

    // By length: the teacher, who reads the file in its order, fills up little; training takes rows in an order of its own.
    private static IEnumerable<string> Taught(Corpus corpus, CancellationToken cancellationToken) => corpus.Sentences(cancellationToken)
        .Select(text => (TextSample.Hash(text) % 4 == 0 ? Passage : Query) + text)
        .Concat(corpus.Passages(cancellationToken).Select(text => Passage + text))
        .OrderBy(text => text.Length)
        .ThenBy(text => text, StringComparer.Ordinal);

    private static async Task WriteStudentAsync(ModelFolder teacher, string texts, int size, string folder, IRecipeLog log, CancellationToken cancellationToken)
    {
        log.Stage("student", $"choosing {size} pieces of the vocabulary");
        string path = teacher.TokenizerPath ?? throw new RecipeException($"teacher: {Path.GetFileName(teacher.Path)} has no tokenizer.json, expected one");
        JsonObject tokenizer = UnigramJson.Read(path);
        Tokenizer pieces = teacher.ReadTokenizer();
        long[] counts = VocabularyChoice.Count(
            pieces, File.ReadLines(texts).Select(line => (string)JsonNode.Parse(line)!["text"]!), pieces.VocabularySize, cancellationToken);
        await StudentEncoder.WriteAsync(teacher, tokenizer, VocabularyChoice.Choose(tokenizer, counts, size), Layers, folder, cancellationToken).ConfigureAwait(false);
    }
}
