namespace LlmPlatform.Retrieval.Documents.Office.Xlsx;

/// <summary>Where a cell stands in a sheet, from 1 and 1; A1 is the first.</summary>
internal readonly record struct CellAddress(int Row, int Column)
{
    /// <summary>Rows of the largest sheet.</summary>
    public const int MaxRow = 1_048_576;

    /// <summary>Columns of the largest sheet.</summary>
    public const int MaxColumn = 16_384;

    /// <summary>Reads an address such as B7 or XFD1048576; false: it is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out CellAddress address)
    {
        int column = 0;
        int at = 0;
        for (; at < text.Length && char.IsAsciiLetter(text[at]) && column <= MaxColumn; at++)
        {
            column = (column * 26) + (text[at] & 0x1F);
        }

        address = default;
        if (column is < 1 or > MaxColumn
            || !int.TryParse(text[at..], System.Globalization.NumberStyles.None, null, out int row)
            || row is < 1 or > MaxRow)
        {
            return false;
        }

        address = new CellAddress(row, column);
        return true;
    }

    /// <summary>The address as spreadsheets write it.</summary>
    public override string ToString()
    {
        Span<char> letters = stackalloc char[3];
        int at = letters.Length;
        for (int rest = Column; rest > 0 && at > 0; rest = (rest - 1) / 26)
        {
            letters[--at] = (char)('A' + ((rest - 1) % 26));
        }

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{letters[at..]}{Row}");
    }
}
