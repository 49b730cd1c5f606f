using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>Where a listing goes on: opaque to callers, a row's sequence number to us.</summary>
public static class PageToken
{
    private const int DefaultSize = 50;
    private const int MaxSize = 200;

    /// <summary>The token of a page that goes on after a row.</summary>
    public static string Encode(long sequence) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(sequence.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The size of a page and the sequence number it begins after (newest first: below it).</summary>
    public static (int Size, long Before) Read(int pageSize, string token)
    {
        long before = long.MaxValue;
        new FieldValidation()
            .Require("page_size", pageSize, pageSize is >= 0 and <= MaxSize, $"0 (the default, {DefaultSize}) to {MaxSize}")
            .Require("page_token", token, token.Length == 0 || TryDecode(token, out before), "a next_page_token of this listing")
            .ThrowIfInvalid();
        return (pageSize == 0 ? DefaultSize : pageSize, before);
    }

    private static bool TryDecode(string token, out long sequence)
    {
        sequence = 0;
        Span<byte> bytes = stackalloc byte[32];
        return token.Length <= bytes.Length
            && Base64Url.DecodeFromChars(token, bytes, out _, out int written) == OperationStatus.Done
            && long.TryParse(bytes[..written], NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }
}
