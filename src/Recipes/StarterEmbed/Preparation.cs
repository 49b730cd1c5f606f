using LlmPlatform.Hub.Versions;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>
/// Keeps what is prepared in the workspace under a hash of what it is made of: the stage's numbers, the teacher, the data's files
/// with their sizes, and this program. What is there is used again.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="teacher">The teacher's version.</param>
internal sealed class Preparation(RecipeContext context, ModelVersion teacher)
{
    private static readonly string[] Folders =
        [Data.KoreanDocs.Folder, Data.EnglishText.Folder, Data.ParallelSentences.Folder, Data.KoreanQuestionPairs.Folder, Data.Nsmc.Folder];

    /// <summary>A file.</summary>
    /// <param name="stage">What it is for.</param>
    /// <param name="name">Its name.</param>
    /// <param name="write">Makes it at the path it is given.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>Its path.</returns>
    public async Task<string> FileAsync(StageRecipe stage, string name, Func<string, Task> write, CancellationToken cancellationToken)
    {
        string path = Path.Combine(Place(stage), name);
        if (!File.Exists(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Log.Stage("data", $"choosing {name} of {stage.Name}");
            await write(path).ConfigureAwait(false);
        }

        return path;
    }

    /// <summary>A folder, as <see cref="FileAsync"/>.</summary>
    public async Task<string> FolderAsync(StageRecipe stage, string name, Func<string, Task> write, CancellationToken cancellationToken)
    {
        string path = Path.Combine(Place(stage), name);
        if (!Directory.Exists(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await write(path).ConfigureAwait(false);
        }

        return path;
    }

    private string Place(StageRecipe stage)
    {
        IEnumerable<string> files = Folders.Select(folder => Path.Combine(context.DataFolder, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            .Select(path => $"{Path.GetRelativePath(context.DataFolder, path)} {new FileInfo(path).Length}");
        string hash = RequestId.OfTexts([
            teacher.Hash,
            typeof(Preparation).Module.ModuleVersionId.ToString(),
            .. stage.Data.Select(number => $"{number.Key}={number.Value}"),
            .. files,
        ]);
        return Directory.CreateDirectory(Path.Combine(context.Workspace, $"{stage.Name}-{hash[..16]}")).FullName;
    }
}
