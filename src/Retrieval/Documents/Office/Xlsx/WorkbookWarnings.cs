namespace LlmPlatform.Retrieval.Documents.Office.Xlsx;

/// <summary>What a user should know about a workbook that was read.</summary>
internal sealed class WorkbookWarnings
{
    private int _hiddenSheets;
    private int _formulasWithoutResult;
    private int _lostStrings;

    /// <summary>Adds what a sheet, read to its end, showed.</summary>
    public void Add(SheetRows sheet, bool isHidden)
    {
        _hiddenSheets += isHidden ? 1 : 0;
        _formulasWithoutResult += sheet.FormulasWithoutResult;
        _lostStrings += sheet.LostStrings;
    }

    /// <summary>All of it, in words.</summary>
    public IReadOnlyList<string> ToList()
    {
        List<string> warnings = [];
        if (_hiddenSheets > 0)
        {
            warnings.Add($"hidden sheets that were read too: {_hiddenSheets}");
        }

        if (_formulasWithoutResult > 0)
        {
            warnings.Add($"formulas left out since the file stores no result for them: {_formulasWithoutResult}");
        }

        if (_lostStrings > 0)
        {
            warnings.Add($"cells left out since their shared string is missing: {_lostStrings}");
        }

        return warnings;
    }
}
