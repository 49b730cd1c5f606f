namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>Too many readers wait for a process already; later there may be room.</summary>
/// <param name="waiting">How many may wait.</param>
public sealed class DocumentReaderBusyException(int waiting)
    : Exception($"{waiting} documents wait to be read already; try again later");
