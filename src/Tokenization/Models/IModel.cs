namespace LlmPlatform.Tokenization.Models;

/// <summary>Turns pieces of text into tokens of a vocabulary.</summary>
internal interface IModel
{
    Vocabulary Vocabulary { get; }

    /// <summary>Appends the tokens of a piece (code points, not empty) with their places.</summary>
    /// <exception cref="TokenizationException">The piece is unknown and the model has no unknown token.</exception>
    void Tokenize(ReadOnlySpan<int> piece, List<ModelToken> tokens);

    /// <summary>Appends only the ids; the same ones.</summary>
    /// <exception cref="TokenizationException">The piece is unknown and the model has no unknown token.</exception>
    void TokenizeIds(ReadOnlySpan<int> piece, List<int> ids);
}
