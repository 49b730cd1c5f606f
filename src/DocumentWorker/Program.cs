using LlmPlatform.Retrieval.Documents.Sandbox;

// Reads documents from its standard input and answers on its standard output, until the pipe ends.
return DocumentWorkerHost.Run();
