using System.Security.Cryptography;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>Ids of rows that callers see: a prefix and 120 random bits.</summary>
public static class RowIds
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 24;

    /// <summary>A new id: the prefix, a hyphen, 24 letters.</summary>
    public static string New(string prefix) => $"{prefix}-{RandomNumberGenerator.GetString(Letters, Length)}";
}
