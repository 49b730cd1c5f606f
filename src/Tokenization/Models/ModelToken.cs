using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Models;

/// <summary>A token that a model found in a piece.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">Its first byte in the UTF-8 of the piece.</param>
/// <param name="End">One past its last byte.</param>
/// <param name="Text">Its text where that is not the vocabulary's piece, else null.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ModelToken(int Id, int Start, int End, string? Text = null);
