namespace LlmPlatform.Retrieval.Answering;

/// <summary>How near each sentence is in meaning to the question: cosine similarities by the collection's encoder.</summary>
public delegate Task<IReadOnlyList<double>> SentenceSimilarity(IReadOnlyList<string> sentences, CancellationToken cancellationToken);
