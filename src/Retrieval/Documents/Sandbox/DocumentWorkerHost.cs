namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>The program of the child process that reads documents.</summary>
public static class DocumentWorkerHost
{
    /// <summary>Serves documents from the pipe until it ends.</summary>
    public static int Run() => throw new NotSupportedException("not written yet");
}
