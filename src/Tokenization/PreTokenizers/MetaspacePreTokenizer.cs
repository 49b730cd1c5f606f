using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>sentencepiece's spaces: a visible character stands for them and begins each word.</summary>
internal sealed class MetaspacePreTokenizer(MetaspaceOptions options) : IPreTokenizer
{
    private readonly CharacterSplit? _split = options.Splits
        ? new CharacterSplit(codePoint => codePoint == options.Replacement, SplitBehavior.MergedWithNext)
        : null;

    public bool NeedsOrigins => options.Scheme == PrependScheme.First;

    public void PreTokenize(PreTokenizedText text)
    {
        text.RewriteEach(ReplaceSpaces);
        _split?.PreTokenize(text);
    }

    private void ReplaceSpaces(AlignedText text, Split split)
    {
        bool prepends = options.Scheme == PrependScheme.Always
            || (options.Scheme == PrependScheme.First && split.OriginStart == 0);
        int first = text.CodePoints[split.Start];
        if (prepends && first != ' ' && first != options.Replacement)
        {
            text.Put(options.Replacement, split.Start);
        }

        for (int i = split.Start; i < split.End; i++)
        {
            int codePoint = text.CodePoints[i];
            text.Put(codePoint == ' ' ? options.Replacement : codePoint, i);
        }
    }
}
