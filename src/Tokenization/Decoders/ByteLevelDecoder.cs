using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Decoders;

/// <summary>From the byte alphabet back to UTF-8. A token with other characters stands for its own text.</summary>
internal sealed class ByteLevelDecoder : IDecoder
{
    public List<string> Decode(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (string token in tokens)
        {
            int start = bytes.Count;
            foreach (char character in token)
            {
                if (!ByteAlphabet.TryGetByte(character, out byte value))
                {
                    bytes.RemoveRange(start, bytes.Count - start);
                    bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(token));
                    break;
                }

                bytes.Add(value);
            }
        }

        return [System.Text.Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes))];
    }
}
