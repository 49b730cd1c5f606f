namespace LlmPlatform.Retrieval.Documents.Text;

/// <summary>The text of a file.</summary>
/// <param name="Text">Without byte order mark; lines end in \n.</param>
/// <param name="Charset">The character set's name.</param>
/// <param name="Replaced">Places where bytes meant nothing; U+FFFD stands there.</param>
internal sealed record DecodedText(string Text, string Charset, int Replaced)
{
    /// <summary>What a user should know about the decoding.</summary>
    public IReadOnlyList<string> Warnings => Replaced == 0
        ? []
        : [$"replacement_characters: {Replaced} places are not {Charset}; U+FFFD stands there"];
}
