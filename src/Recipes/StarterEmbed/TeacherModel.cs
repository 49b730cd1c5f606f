using LlmPlatform.Hub;
using LlmPlatform.Hub.Pull;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>Finds the teacher: a folder, or a model of the Hugging Face Hub that is fetched into the workspace.</summary>
internal static class TeacherModel
{
    /// <summary>The model.</summary>
    /// <param name="context">Names it and has a workspace.</param>
    /// <param name="cancellationToken">Ends a download; the next one goes on.</param>
    /// <exception cref="RecipeException">No teacher was named, or there is neither such a folder nor can it be an id.</exception>
    public static async Task<ModelFolder> OpenAsync(RecipeContext context, CancellationToken cancellationToken)
    {
        string teacher = context.Teacher
            ?? throw new RecipeException("--teacher: expected the folder of a multilingual E5 encoder or its Hugging Face id, for example intfloat/multilingual-e5-small");
        if (Directory.Exists(teacher))
        {
            return ModelFolder.Open(teacher);
        }

        if (teacher.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
        {
            throw new RecipeException($"--teacher: '{teacher}' is neither a folder nor a Hugging Face id (owner/name)");
        }

        context.Log.Stage("teacher", $"fetching {teacher}");
        using HubClient hub = new(HubClientOptions.FromEnvironment(), context.Time);
        string folder = Path.Combine(context.Workspace, "teacher", teacher.Replace("/", "--", StringComparison.Ordinal));
        PullResult pulled = await hub.PullAsync(teacher, "main", folder, [], new Progress(context.Log), cancellationToken).ConfigureAwait(false);
        return ModelFolder.Open(pulled.Folder);
    }

    // Progress<T> would report from other threads, out of order.
    private sealed class Progress(IRecipeLog log) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => log.Progress(value.File, value.FileBytes, value.FileLength ?? 0);
    }
}
