using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Text;

/// <summary>
/// A code point of a rewritten text and how the number of code points changed there: 0, it replaces one; 1, it was
/// inserted after the one before; -n, it replaces one and the n that follow vanish.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Change(int CodePoint, int Delta)
{
    /// <summary>Rewrites a text by a list of changes that accounts for all of its code points.</summary>
    public static void Apply(AlignedText text, List<Change> changes)
    {
        text.BeginRewrite();
        int index = 0;
        foreach (Change change in changes)
        {
            if (change.Delta > 0)
            {
                text.Put(change.CodePoint, index - 1);
            }
            else
            {
                text.Put(change.CodePoint, index);
                index += 1 - change.Delta;
            }
        }

        text.EndRewrite();
    }
}
