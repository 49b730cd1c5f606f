namespace LlmPlatform.Tokenization;

/// <summary>How encodings are filled up to one length.</summary>
/// <param name="Length">The length wanted; null: that of the longest encoding of the batch.</param>
/// <param name="PadId">The id of the filling token.</param>
/// <param name="PadToken">The text of the filling token.</param>
/// <param name="PadTypeId">The segment of the filling token.</param>
/// <param name="Direction">The side that is filled.</param>
/// <param name="PadToMultipleOf">Rounds the length up to a multiple; null or 0: no rounding.</param>
public sealed record PaddingOptions(
    int? Length = null,
    int PadId = 0,
    string PadToken = "[PAD]",
    int PadTypeId = 0,
    TokenSide Direction = TokenSide.Right,
    int? PadToMultipleOf = null);
