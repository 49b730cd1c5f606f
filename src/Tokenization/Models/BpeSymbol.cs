using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Models;

/// <summary>A token of a word while its parts are merged, with its length in bytes.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct BpeSymbol(int Id, int Length);
