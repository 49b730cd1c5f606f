using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Chunking;

/// <summary>Which units make a chunk.</summary>
/// <param name="First">The first unit.</param>
/// <param name="End">Behind the last one.</param>
/// <param name="Context">What stands above.</param>
/// <param name="Tokens">Tokens of context and text.</param>
internal readonly record struct PlannedChunk(int First, int End, string Context, int Tokens);

/// <summary>Puts units together, from the first to the last.</summary>
internal sealed class ChunkPlan(string text, IReadOnlyList<ChunkUnit> units, ChunkContexts contexts, int maxTokens, int overlapTokens)
{
    // Tokens of the units before each one, and one for each line end between them.
    private readonly int[] _before = Sum(text, units);

    public IEnumerable<PlannedChunk> Chunks()
    {
        int first = 0;
        int done = 0;
        while (done < units.Count)
        {
            (string context, int contextTokens) = contexts.Of(units[first], maxTokens - TokensOf(first, BehindLeads(done)));
            int end = EndOf(first, done, maxTokens - contextTokens);
            yield return new PlannedChunk(first, end, context, contextTokens + TokensOf(first, end));
            done = end;
            first = FirstOfNext(first, end);
        }
    }

    private static int[] Sum(string text, IReadOnlyList<ChunkUnit> units)
    {
        int[] before = new int[units.Count + 1];
        for (int i = 0; i < units.Count; i++)
        {
            bool isLineEnd = i + 1 < units.Count && text.AsSpan(units[i].End, units[i + 1].Start - units[i].End).Contains('\n');
            before[i + 1] = before[i] + units[i].Tokens + (isLineEnd ? 1 : 0);
        }

        return before;
    }

    private int TokensOf(int first, int end) => first == end ? 0 : _before[end - 1] - _before[first] + units[end - 1].Tokens;

    // Behind the first unit that may be a chunk's last.
    private int BehindLeads(int start)
    {
        int end = start + 1;
        while (end < units.Count && units[end - 1].Leads)
        {
            end++;
        }

        return end;
    }

    private int EndOf(int first, int done, int room)
    {
        int end = done + 1;
        while (end < units.Count && TokensOf(first, end + 1) <= room && !IsBorder(first, end, room))
        {
            end++;
        }

        if (end < units.Count && !IsBorder(first, end, room))
        {
            end = BlockBorder(first, done, end, room);
        }

        // What announces the next chunk goes there.
        int lead = end;
        while (end < units.Count && lead > done && units[lead - 1].Leads)
        {
            lead--;
        }

        return lead > done ? lead : end;
    }

    // A new section or sheet begins here. Small sections share a chunk with the next one where that fits as a whole.
    private bool IsBorder(int first, int at, int room)
    {
        DocumentBlock block = units[at].Block;
        if (block.Sheet != units[at - 1].Block.Sheet)
        {
            return true;
        }

        if (units[at].Kind != ChunkUnitKind.Heading || OnlyLeads(first, at))
        {
            return false;
        }

        bool isBelow = block.Level >= LevelOf(units[first]);
        return !(isBelow && TokensOf(first, at) <= maxTokens / 4 && TokensOf(first, EndOfSection(at)) <= room);
    }

    private static int LevelOf(ChunkUnit unit) => unit.Kind == ChunkUnitKind.Heading ? unit.Block.Level : unit.Block.Headings.Count;

    private bool OnlyLeads(int first, int end)
    {
        while (end > first && units[end - 1].Leads)
        {
            end--;
        }

        return end == first;
    }

    // Behind the heading's own text; the search ends where it could not fit anyway.
    private int EndOfSection(int heading)
    {
        int end = heading + 1;
        bool hasText = false;
        while (end < units.Count && !(hasText && units[end].Kind == ChunkUnitKind.Heading) && TokensOf(heading, end) <= maxTokens)
        {
            hasText |= units[end].Kind != ChunkUnitKind.Heading;
            end++;
        }

        return end;
    }

    // A table or code that fits into a chunk by itself begins one; else a chunk that is full by three quarters ends with a block.
    private int BlockBorder(int first, int done, int end, int room)
    {
        DocumentBlock block = units[end].Block;
        int start = end;
        while (start > done && ReferenceEquals(units[start - 1].Block, block))
        {
            start--;
        }

        if (start <= done || start == end)
        {
            return end;
        }

        int behind = end;
        while (behind < units.Count && ReferenceEquals(units[behind].Block, block) && TokensOf(start, behind) <= room)
        {
            behind++;
        }

        bool isWhole = block.Kind is BlockKind.Table or BlockKind.Code && TokensOf(start, behind) <= room;
        return TokensOf(first, start) >= (isWhole ? maxTokens / 4 : maxTokens * 3 / 4) ? start : end;
    }

    // The last sentences of a chunk are repeated, unless something new begins.
    private int FirstOfNext(int first, int end)
    {
        int start = end;
        if (end == units.Count || units[end].Kind is not (ChunkUnitKind.Sentence or ChunkUnitKind.Piece)
            || units[end - 1].Block.Sheet != units[end].Block.Sheet)
        {
            return start;
        }

        while (start - 1 > first && units[start - 1].Kind == ChunkUnitKind.Sentence
            && TokensOf(start - 1, end) <= overlapTokens && TokensOf(start - 1, BehindLeads(end)) <= maxTokens)
        {
            start--;
        }

        return start;
    }
}
