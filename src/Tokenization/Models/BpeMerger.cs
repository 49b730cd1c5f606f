namespace LlmPlatform.Tokenization.Models;

/// <summary>
/// Merges the symbols of a word: always the pair of lowest rank, of equal ones the leftmost. Short words look at all pairs
/// every time; long ones (whole texts, where nothing splits them) keep the candidates in a heap.
/// </summary>
internal static class BpeMerger
{
    private const int ShortWord = 64;

    /// <summary>Merges in place; returns how many symbols are left.</summary>
    public static int Merge(Span<BpeSymbol> symbols, MergeTable merges)
    {
        if (symbols.Length < 2)
        {
            return symbols.Length;
        }

        return symbols.Length <= ShortWord ? MergeShort(symbols, merges) : MergeLong(symbols, merges);
    }

    private static int MergeShort(Span<BpeSymbol> symbols, MergeTable merges)
    {
        Span<int> ranks = stackalloc int[ShortWord];
        Span<int> wholes = stackalloc int[ShortWord];
        int count = symbols.Length;
        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = merges.Rank(symbols[i].Id, symbols[i + 1].Id, out wholes[i]);
        }

        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                best = ranks[i] < ranks[best] ? i : best;
            }

            if (ranks[best] == MergeTable.NoRank)
            {
                break;
            }

            symbols[best] = new BpeSymbol(wholes[best], symbols[best].Length + symbols[best + 1].Length);
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            ranks[(best + 1)..count].CopyTo(ranks[best..]);
            wholes[(best + 1)..count].CopyTo(wholes[best..]);
            count--;
            if (best + 1 < count)
            {
                ranks[best] = merges.Rank(symbols[best].Id, symbols[best + 1].Id, out wholes[best]);
            }

            if (best > 0)
            {
                ranks[best - 1] = merges.Rank(symbols[best - 1].Id, symbols[best].Id, out wholes[best - 1]);
            }
        }

        return count;
    }

    private static int MergeLong(Span<BpeSymbol> symbols, MergeTable merges)
    {
        const int Merged = -1;
        int count = symbols.Length;
        int[] previous = new int[count];
        int[] next = new int[count];
        var queue = new PriorityQueue<(int Position, int Whole), long>();
        for (int i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1;
            Propose(symbols, i);
        }

        while (queue.TryDequeue(out (int Position, int Whole) candidate, out _))
        {
            int left = candidate.Position;
            int right = next[left];
            if (symbols[left].Id == Merged || right >= count
                || merges.Rank(symbols[left].Id, symbols[right].Id, out int whole) == MergeTable.NoRank
                || whole != candidate.Whole)
            {
                // The pair has changed since it was proposed.
                continue;
            }

            symbols[left] = new BpeSymbol(whole, symbols[left].Length + symbols[right].Length);
            symbols[right].Id = Merged;
            next[left] = next[right];
            if (next[left] < count)
            {
                previous[next[left]] = left;
            }

            Propose(symbols, left);
            if (previous[left] >= 0)
            {
                Propose(symbols, previous[left]);
            }
        }

        int kept = 0;
        for (int i = 0; i < count; i = next[i])
        {
            symbols[kept++] = symbols[i];
        }

        return kept;

        void Propose(Span<BpeSymbol> word, int left)
        {
            if (next[left] < count)
            {
                int rank = merges.Rank(word[left].Id, word[next[left]].Id, out int whole);
                if (rank != MergeTable.NoRank)
                {
                    queue.Enqueue((left, whole), ((long)rank << 32) | (uint)left);
                }
            }
        }
    }
}
