using System.Text;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>Texts to train on from files.</summary>
public static class TrainingTexts
{
    private const int BufferSize = 1 << 15;

    /// <summary>
    /// The lines of files (UTF-8), one text each, read as they are asked for. Lines keep their <c>\n</c>, as they do in
    /// Hugging Face's <c>train</c>; a pre-tokenizer that keeps spaces then sees it.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <exception cref="IOException">While enumerating: a file cannot be read.</exception>
    public static IEnumerable<string> LinesOf(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Enumerate(paths);
    }

    private static IEnumerable<string> Enumerate(IEnumerable<string> paths)
    {
        var line = new StringBuilder();
        char[] buffer = new char[BufferSize];
        foreach (string path in paths)
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false);
            int count;
            while ((count = reader.Read(buffer, 0, buffer.Length)) > 0)
            {
                int start = 0;
                int end;
                while ((end = Array.IndexOf(buffer, '\n', start, count - start)) >= 0)
                {
                    line.Append(buffer, start, end + 1 - start);
                    yield return line.ToString();
                    line.Clear();
                    start = end + 1;
                }

                line.Append(buffer, start, count - start);
            }

            if (line.Length > 0)
            {
                yield return line.ToString();
                line.Clear();
            }
        }
    }
}
