using LlmPlatform.Contracts.Training.V1;

namespace LlmPlatform.Recipes.Running;

/// <summary>The platform that a recipe is run by. Every member gives what is there already when it is asked for the same again.</summary>
public interface IRecipePlatform
{
    /// <summary>Uploads training data; the same bytes are one file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <returns>The file's id.</returns>
    Task<string> UploadAsync(string path, CancellationToken cancellationToken);

    /// <summary>Registers a model's folder in Hugging Face's layout; the same files are one version.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <returns><c>name@version</c>.</returns>
    Task<string> RegisterAsync(string folder, string name, CancellationToken cancellationToken);

    /// <summary>Trains to the end. A job that was paused, or that failed, goes on from its last checkpoint.</summary>
    /// <param name="stage">What the job is called.</param>
    /// <param name="recipe">Complete, with file ids and models.</param>
    /// <param name="requestId">The same id gives the same job: <see cref="RequestId.Of"/>.</param>
    /// <param name="cancellationToken">Ends the waiting; the job goes on.</param>
    /// <returns>The job, which has succeeded.</returns>
    /// <exception cref="RecipeException">The job failed, was paused or cancelled.</exception>
    Task<Job> TrainAsync(string stage, Recipe recipe, string requestId, CancellationToken cancellationToken);

    /// <summary>Writes the files of a model's version into a folder, which is made if it is missing.</summary>
    /// <param name="reference">A name or <c>name@version</c>.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    Task DownloadAsync(string reference, string folder, CancellationToken cancellationToken);

    /// <summary>What happened to a job so far, oldest first.</summary>
    /// <param name="jobId">The job's id.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    Task<IReadOnlyList<JobEvent>> EventsAsync(string jobId, CancellationToken cancellationToken);
}
