using LlmPlatform.ServiceDefaults.Data;

namespace LlmPlatform.TrainingService.Work;

/// <summary>Where a job's data and result lie while it runs; checkpoints are elsewhere.</summary>
internal sealed class JobFolders(DataFolder folder)
{
    public string Job(string id) => folder.Folder("training", "jobs", id);

    public string Data(string id) => folder.Folder("training", "jobs", id, "data");

    /// <summary>An empty place for the result of one claim: the child makes the folder.</summary>
    public string Output(string id, long epoch)
    {
        string job = Job(id);
        foreach (string earlier in Directory.EnumerateDirectories(job, "output-*"))
        {
            Directory.Delete(earlier, recursive: true);
        }

        return Path.Combine(job, $"output-{epoch}");
    }

    public void Delete(string id)
    {
        string path = Job(id);
        Directory.Delete(path, recursive: true);
    }
}
