namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>What <c>str.encode</c> gives.</summary>
internal sealed record BytesValue(byte[] Bytes);
