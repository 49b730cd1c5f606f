using System.Text;

namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>The terms of a text with how often they occur, and how they are kept in a row.</summary>
internal static class TermCounts
{
    public static TermCount[] Of(ITextAnalyzer analyzer, ReadOnlySpan<char> text)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        analyzer.Analyze(text, term =>
        {
            if (term.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
            {
                // Half a surrogate pair would come back from the row as another term.
                term = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(term.ToArray()));
            }

            lookup.TryGetValue(term, out int count);
            lookup[term] = count + 1;
        });
        return [.. counts.Select(pair => new TermCount(pair.Key, pair.Value))];
    }

    /// <summary>The number of terms, then each one's count, length in bytes, and UTF-8.</summary>
    public static byte[] Encode(IReadOnlyCollection<TermCount> terms)
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes, Encoding.UTF8);
        writer.Write7BitEncodedInt(terms.Count);
        foreach (TermCount term in terms)
        {
            writer.Write7BitEncodedInt(term.Count);
            writer.Write(term.Term);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Encode"/> makes.</exception>
    public static TermCount[] Decode(byte[] encoded)
    {
        using BinaryReader reader = new(new MemoryStream(encoded), Encoding.UTF8);
        int count = reader.Read7BitEncodedInt();
        if (count < 0 || count > encoded.Length)
        {
            throw new InvalidDataException($"terms of a row: {count} is not a number of terms in {encoded.Length} bytes");
        }

        TermCount[] terms = new TermCount[count];
        for (int i = 0; i < count; i++)
        {
            int occurrences = reader.Read7BitEncodedInt();
            terms[i] = new TermCount(reader.ReadString(), occurrences);
        }

        return terms;
    }
}
