namespace LlmPlatform.Retrieval.Chunking;

/// <summary>Counts the tokens of units and cuts those that do not fit into a chunk alone.</summary>
internal static class OversizedUnits
{
    // Aimed at a bit less than the limit, so that a second round is seldom needed.
    private const double Fill = 0.8;

    /// <summary>The units with their tokens, none above its limit; headings that are too long are text.</summary>
    public static async Task<List<ChunkUnit>> CountAsync(
        string text, List<ChunkUnit> units, int maxTokens, ITokenCounter counter, CancellationToken cancellationToken)
    {
        int[] counts = await CountTextsAsync(text, units, counter, cancellationToken);
        units = [.. units.Select((unit, i) => unit with { Tokens = counts[i] })];
        int mostLeading = maxTokens / 4;
        LimitLeads(units, mostLeading);
        while (true)
        {
            List<ChunkUnit> next = [];
            List<int> isNew = [];
            int leading = 0;
            foreach (ChunkUnit unit in units)
            {
                int limit = maxTokens - leading;
                if (unit.Tokens <= limit || IsAtom(text, unit))
                {
                    next.Add(unit);
                }
                else
                {
                    foreach (ChunkUnit piece in Cut(text, unit, limit))
                    {
                        isNew.Add(next.Count);
                        next.Add(piece);
                    }
                }

                leading = unit.Leads ? leading + unit.Tokens + 1 : 0;
            }

            if (isNew.Count == 0)
            {
                return next;
            }

            int[] pieces = await CountTextsAsync(text, [.. isNew.Select(i => next[i])], counter, cancellationToken);
            for (int i = 0; i < pieces.Length; i++)
            {
                next[isNew[i]] = next[isNew[i]] with { Tokens = pieces[i] };
            }

            units = next;
        }
    }

    // A run of headings takes a quarter of a chunk at most; what is above is text like other text.
    private static void LimitLeads(List<ChunkUnit> units, int most)
    {
        int sum = 0;
        for (int i = units.Count - 1; i >= 0; i--)
        {
            sum = units[i].Leads ? sum + units[i].Tokens + 1 : 0;
            if (units[i].Leads && sum > most)
            {
                units[i] = units[i] with { Leads = false };
                sum = 0;
            }
        }
    }

    private static async Task<int[]> CountTextsAsync(string text, List<ChunkUnit> units, ITokenCounter counter, CancellationToken cancellationToken) =>
        units.Count == 0
            ? []
            : [.. await counter.CountAsync([.. units.Select(unit => text[unit.Start..unit.End])], cancellationToken)];

    private static bool IsAtom(string text, ChunkUnit unit) => unit.End - unit.Start == 1
        || (unit.End - unit.Start == 2 && char.IsSurrogatePair(text, unit.Start));

    // Parts of about equal length, parted at white space where there is some.
    private static IEnumerable<ChunkUnit> Cut(string text, ChunkUnit unit, int limit)
    {
        int parts = (int)Math.Max(2, Math.Ceiling(unit.Tokens / (Fill * limit)));
        int target = Math.Max(1, (unit.End - unit.Start) / parts);
        for (int start = unit.Start; start < unit.End;)
        {
            int end = unit.End - start <= target ? unit.End : CutBetween(text, start + (target / 2), start + target);
            int last = start + text.AsSpan(start, end - start).TrimEnd().Length;
            if (last > start)
            {
                yield return unit with { Kind = ChunkUnitKind.Piece, Start = start, End = last, Leads = false };
            }

            start = end;
            while (start < unit.End && char.IsWhiteSpace(text[start]))
            {
                start++;
            }
        }
    }

    private static int CutBetween(string text, int least, int most)
    {
        for (int cut = most; cut > least; cut--)
        {
            if (char.IsWhiteSpace(text[cut - 1]))
            {
                return cut;
            }
        }

        return char.IsLowSurrogate(text[most]) && char.IsHighSurrogate(text[most - 1]) ? most + 1 : most;
    }
}
