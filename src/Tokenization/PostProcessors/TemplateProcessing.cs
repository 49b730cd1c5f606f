using LlmPlatform.Tokenization.Encodings;

namespace LlmPlatform.Tokenization.PostProcessors;

/// <summary>Puts the members of an input and special tokens in the order of a template.</summary>
internal sealed class TemplateProcessing(IReadOnlyList<TemplatePiece> single, IReadOnlyList<TemplatePiece> pair) : IPostProcessor
{
    public IdAffixes? SingleAffixes { get; } = FindAffixes(single);

    public int AddedTokens(bool isPair) => (isPair ? pair : single).Sum(piece => piece.Token?.Ids.Length ?? 0);

    public List<EncodingData> Process(List<EncodingData> encodings, bool addSpecialTokens)
    {
        var parts = new List<EncodingData>();
        foreach (TemplatePiece piece in encodings.Count > 1 ? pair : single)
        {
            if (piece.Token is null)
            {
                EncodingData encoding = encodings[piece.Sequence];
                encoding.SetTypeIds(piece.TypeId);
                encoding.SetSequence(piece.Sequence);
                parts.Add(encoding.Clone());
            }
            else if (addSpecialTokens)
            {
                parts.Add(SpecialTokens(piece.Token, piece.TypeId));
            }
        }

        return parts;
    }

    private static EncodingData SpecialTokens(SpecialToken token, int typeId)
    {
        var encoding = new EncodingData();
        for (int i = 0; i < token.Ids.Length; i++)
        {
            encoding.AddSpecial(token.Ids[i], token.Tokens[i], typeId);
        }

        return encoding;
    }

    private static IdAffixes? FindAffixes(IReadOnlyList<TemplatePiece> template)
    {
        int text = -1;
        for (int i = 0; i < template.Count; i++)
        {
            if (template[i].Token is null)
            {
                if (text >= 0 || template[i].Sequence != 0)
                {
                    return null;
                }

                text = i;
            }
        }

        return text < 0 ? null : new IdAffixes(Ids(template.Take(text)), Ids(template.Skip(text + 1)));

        static int[] Ids(IEnumerable<TemplatePiece> pieces) => [.. pieces.SelectMany(piece => piece.Token!.Ids)];
    }
}
