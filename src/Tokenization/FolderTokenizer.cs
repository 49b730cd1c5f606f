using LlmPlatform.Hub;

namespace LlmPlatform.Tokenization;

/// <summary>The tokenizer of a model's folder.</summary>
public static class FolderTokenizer
{
    /// <summary>Reads the folder's tokenizer.json.</summary>
    /// <exception cref="InvalidModelFileException">There is none, or it is wrong.</exception>
    public static Tokenizer ReadTokenizer(this ModelFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (folder.TokenizerPath is not { } path)
        {
            throw new InvalidModelFileException(folder.Path, "tokenizer.json", null, "the file to be there");
        }

        try
        {
            // By its bytes, so that messages name the file but not where it lies on this machine.
            return Tokenizer.Parse(File.ReadAllBytes(path));
        }
        catch (InvalidTokenizerException invalid)
        {
            throw new InvalidModelFileException(invalid.Message, invalid);
        }
    }
}
