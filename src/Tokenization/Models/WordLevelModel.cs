using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Models;

/// <summary>Every piece is a token of its own, or the unknown one.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, string unkToken) : IModel
{
    public Vocabulary Vocabulary { get; } = vocabulary;

    public void Tokenize(ReadOnlySpan<int> piece, List<ModelToken> tokens) =>
        tokens.Add(new ModelToken(Id(piece), 0, CodePoints.Utf8Length(piece)));

    public void TokenizeIds(ReadOnlySpan<int> piece, List<int> ids) => ids.Add(Id(piece));

    private int Id(ReadOnlySpan<int> piece) => Vocabulary.TryGetId(piece, out int id) || Vocabulary.TryGetId(unkToken, out id)
        ? id
        : throw new TokenizationException($"A word is not in the vocabulary, and neither is the unknown token {unkToken}.");
}
