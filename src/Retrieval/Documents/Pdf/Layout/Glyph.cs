namespace LlmPlatform.Retrieval.Documents.Pdf.Layout;

/// <summary>A character on a page, in a frame turned so that its text runs from left to right. Lengths are in points.</summary>
/// <param name="Text">What it means: one character, several for a ligature.</param>
/// <param name="Start">Where it begins on the baseline.</param>
/// <param name="End">Where the next one is expected.</param>
/// <param name="Baseline">How high its baseline lies.</param>
/// <param name="Size">The font's size.</param>
/// <param name="IsBold">Whether the font is bold.</param>
/// <param name="Order">Its place in the page's content.</param>
/// <param name="Sequence">Which of the content's strings it is part of.</param>
internal readonly record struct Glyph(
    string Text, double Start, double End, double Baseline, double Size, bool IsBold, int Order, int Sequence)
{
    /// <summary>Whether nothing is drawn.</summary>
    public bool IsSpace => string.IsNullOrWhiteSpace(Text);
}
