using System.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Methods of bytes.</summary>
internal static class BytesMethods
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static readonly Dictionary<string, Builtin> All = Builtin.Table(
        new Builtin("decode(self, encoding='utf-8', errors='strict')", a => Decode(((BytesValue)a[0]!).Bytes, a[1], a[2])),
        new Builtin("hex(self)", a => Convert.ToHexStringLower(((BytesValue)a[0]!).Bytes)));

    internal static BytesValue Encode(string text, object? encoding, object? errors)
    {
        CheckEncoding(encoding);
        try
        {
            UTF8Encoding utf8 = errors is "strict" ? StrictUtf8 : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
            return new BytesValue(utf8.GetBytes(RenderBudget.Text(text)));
        }
        catch (EncoderFallbackException)
        {
            throw ChatTemplateException.Value("'utf-8' codec can't encode a surrogate");
        }
    }

    private static string Decode(byte[] bytes, object? encoding, object? errors)
    {
        CheckEncoding(encoding);
        try
        {
            return (errors is "strict" ? StrictUtf8 : System.Text.Encoding.UTF8).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw ChatTemplateException.Value("'utf-8' codec can't decode the bytes");
        }
    }

    private static void CheckEncoding(object? encoding)
    {
        if (encoding is not string name
            || name.ToLowerInvariant().Replace('_', '-') is not ("utf-8" or "utf8"))
        {
            throw ChatTemplateException.Value("unknown encoding: expected utf-8");
        }
    }
}
