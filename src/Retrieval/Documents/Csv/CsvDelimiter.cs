namespace LlmPlatform.Retrieval.Documents.Csv;

/// <summary>Finds what parts the fields of a file.</summary>
internal static class CsvDelimiter
{
    private const int SampleRows = 50;
    private const int SampleLength = 64 << 10;
    private const int SampleFields = 10_000;

    private static readonly char[] Candidates = [',', ';', '\t', '|'];

    /// <summary>
    /// The delimiter, and where the rows begin: behind the line <c>sep=;</c> that some spreadsheets write and read. Else the
    /// one that gives most rows as many fields (two or more) as the first row; of several, the one with more fields.
    /// </summary>
    public static (char Delimiter, int Start) Find(string text)
    {
        if (text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && text.Length > 5 && text[5] == '\n')
        {
            return (text[4], 6);
        }

        string sample = text.Length <= SampleLength ? text : text[..SampleLength];
        char best = ',';
        (double Share, int Fields) most = (0, 1);
        foreach (char candidate in Candidates)
        {
            List<int> counts = [];
            CsvRows rows = new(sample, candidate);
            while (counts.Count < SampleRows && rows.Next(int.MaxValue) is { } row)
            {
                if (row.Count > 1 || row[0].Length > 0)
                {
                    counts.Add(Math.Min(row.Count, SampleFields));
                }
            }

            if (counts.Count > 0 && counts[0] > 1)
            {
                (double, int) score = ((double)counts.Count(count => count == counts[0]) / counts.Count, counts[0]);
                (best, most) = score.CompareTo(most) > 0 ? (candidate, score) : (best, most);
            }
        }

        return (best, 0);
    }
}
