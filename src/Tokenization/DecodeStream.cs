namespace LlmPlatform.Tokenization;

/// <summary>
/// Decodes ids one by one. Text is given out once it is certain: never a part of a character, so the pieces joined are
/// what <see cref="Tokenizer.Decode"/> gives for all ids. Not for use by several threads.
/// </summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
public sealed class DecodeStream(Tokenizer tokenizer, bool skipSpecialTokens)
{
    private const char Replacement = '\uFFFD';

    // The ids whose text is the context of the next one, of which the first _prefixCount have been given out as _prefix.
    private readonly List<int> _ids = [];
    private int _prefixCount;
    private string _prefix = "";

    /// <summary>Takes the next id. Returns the text that has become certain, or null when there is none yet.</summary>
    /// <exception cref="TokenizationException">
    /// The file's decoder cannot be applied to these tokens, or changes text that was given out already.
    /// </exception>
    public string? Step(int id)
    {
        if (_prefix.Length == 0 && _ids.Count > 0)
        {
            string prefix = Decode();
            if (!prefix.EndsWith(Replacement))
            {
                _prefix = prefix;
                _prefixCount = _ids.Count;
            }
        }

        _ids.Add(id);
        string text = Decode();
        if (text.Length <= _prefix.Length || text.EndsWith(Replacement))
        {
            return null;
        }

        string added = TextAfterPrefix(text);
        int prefixCount = _ids.Count - _prefixCount;
        _ids.RemoveRange(0, _prefixCount);
        _prefix = Decode();
        _prefixCount = prefixCount;
        return added;
    }

    /// <summary>
    /// Ends the stream: returns the text of ids that were held back, in which an incomplete character is U+FFFD, or null
    /// when there is none. The stream can be used again from the beginning.
    /// </summary>
    /// <exception cref="TokenizationException">As for <see cref="Step"/>.</exception>
    public string? Flush()
    {
        string text = _ids.Count == 0 ? "" : Decode();
        string? rest = text.Length > _prefix.Length ? TextAfterPrefix(text) : null;
        _ids.Clear();
        _prefixCount = 0;
        _prefix = "";
        return rest;
    }

    private string TextAfterPrefix(string text) => text.StartsWith(_prefix, StringComparison.Ordinal)
        ? text[_prefix.Length..]
        : throw new TokenizationException("The decoder changes text that an earlier id had settled; this text cannot be streamed.");

    private string Decode() => tokenizer.Decode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_ids), skipSpecialTokens);
}
