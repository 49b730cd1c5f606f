namespace LlmPlatform.Retrieval.Answering;

/// <summary>A sentence of a document, word for word.</summary>
/// <param name="Passage">Its passage's place among those given, from 0.</param>
/// <param name="Text">Exactly the document's text from <paramref name="Start"/> to <paramref name="End"/>.</param>
/// <param name="Start">Its first UTF-16 code unit in the document's text.</param>
/// <param name="End">Behind its last one.</param>
public sealed record Quote(int Passage, string Text, int Start, int End);
