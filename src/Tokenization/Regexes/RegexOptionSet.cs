using System.Runtime.InteropServices;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>The options i, m and x, as Ruby means them.</summary>
/// <param name="IgnoreCase">Upper and lower case are the same.</param>
/// <param name="DotAll">The dot is any character, line breaks included.</param>
/// <param name="Extended">White space and comments mean nothing.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RegexOptionSet(bool IgnoreCase, bool DotAll, bool Extended)
{
    /// <summary>The set that a set stands for.</summary>
    public CodePointSet Apply(CodePointSet set) => IgnoreCase ? CaseFolding.Close(set) : set;
}
