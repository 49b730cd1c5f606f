using System.Security.Cryptography;

namespace LlmPlatform.ModelService.Rows;

/// <summary>Ids of rows that callers see: a prefix and 120 random bits.</summary>
internal static class RowIds
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 24;

    public static string New(string prefix) => $"{prefix}-{RandomNumberGenerator.GetString(Letters, Length)}";
}
