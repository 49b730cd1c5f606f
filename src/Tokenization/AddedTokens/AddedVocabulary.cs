using LlmPlatform.Tokenization.Normalizers;
using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.AddedTokens;

/// <summary>
/// The added tokens. Those that are not normalized are looked for in the raw text, the others afterwards in what the
/// normalizer leaves; there a token's own text is the normalized one too.
/// </summary>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<int, AddedToken> _byId = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _special = new(StringComparer.Ordinal);
    private readonly CodePointTrie _raw = new();
    private readonly CodePointTrie _normalized = new();

    public AddedVocabulary(IEnumerable<AddedToken> tokens, INormalizer? normalizer)
    {
        // Of two tokens with the same text special ones come first, then the earlier one.
        foreach (AddedToken token in tokens.Where(token => token.Content.Length > 0).OrderByDescending(token => token.Special))
        {
            AddedToken added = token;
            if (token.Special)
            {
                _special.Add(token.Content);
            }

            _ids[token.Content] = token.Id;
            if (token.Normalized)
            {
                int[] content = Normalize(token.Content, normalizer);
                added = token with { Content = CodePoints.Encode(content) };
                AddIfNew(_normalized, content, token.Id);
            }
            else
            {
                AddIfNew(_raw, CodePoints.Decode(token.Content), token.Id);
            }

            _byId[token.Id] = added;
        }
    }

    public IEnumerable<AddedToken> Tokens => _byId.Values;

    public bool TryGetId(string content, out int id) => _ids.TryGetValue(content, out id);

    public string? TokenText(int id) => _byId.TryGetValue(id, out AddedToken? token) ? token.Content : null;

    public bool IsSpecial(string token) => _special.Contains(token);

    /// <summary>Divides the raw text; pieces without a token have id -1.</summary>
    public void DivideRaw(ReadOnlySpan<int> text, List<Split> pieces) => Divide(_raw, text, pieces);

    /// <summary>Divides a normalized stretch of the text.</summary>
    public void DivideNormalized(ReadOnlySpan<int> text, List<Split> pieces) => Divide(_normalized, text, pieces);

    private void Divide(CodePointTrie trie, ReadOnlySpan<int> text, List<Split> pieces)
    {
        int done = 0;
        int position = trie.IsEmpty ? text.Length : 0;
        while (position < text.Length)
        {
            if (!trie.TryMatchLongest(text, position, CodePointTrie.Root, out int id, out int end))
            {
                position++;
                continue;
            }

            int start = position;
            position = end;
            AddedToken token = _byId[id];
            if (token.SingleWord && (TouchesWord(text, start - 1) || TouchesWord(text, end)))
            {
                continue;
            }

            if (token.LStrip)
            {
                // Not into what the token before has taken, which may even reach into this one.
                while (start > done && CharacterSets.IsWhiteSpace(text[start - 1]))
                {
                    start--;
                }

                start = Math.Max(start, done);
            }

            while (token.RStrip && end < text.Length && CharacterSets.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (done < start)
            {
                pieces.Add(new Split(done, start, 0, -1));
            }

            pieces.Add(new Split(start, end, 0, id));
            done = end;
        }

        if (done < text.Length)
        {
            pieces.Add(new Split(done, text.Length, 0, -1));
        }
    }

    private static void AddIfNew(CodePointTrie trie, int[] content, int id)
    {
        int node = CodePointTrie.Root;
        bool isKnown = content.All(codePoint => trie.TryStep(ref node, codePoint)) && trie.Value(node) >= 0;
        if (!isKnown && content.Length > 0)
        {
            trie.Add(content, id);
        }
    }

    private static bool TouchesWord(ReadOnlySpan<int> text, int index) =>
        (uint)index < (uint)text.Length && CharacterSets.IsWord(text[index]);

    private static int[] Normalize(string content, INormalizer? normalizer)
    {
        var text = new AlignedText(tracksOrigins: false);
        text.Load(CodePoints.Decode(content), 0);
        normalizer?.Normalize(text);
        return text.CodePoints.ToArray();
    }
}
