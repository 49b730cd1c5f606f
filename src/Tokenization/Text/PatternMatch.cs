using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Text;

/// <summary>A stretch <c>[Start, End)</c> of a text that a pattern matched, or one between two matches.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PatternMatch(int Start, int End, bool IsMatch);
