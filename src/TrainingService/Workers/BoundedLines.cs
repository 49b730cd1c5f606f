using System.Text;

namespace LlmPlatform.TrainingService.Workers;

/// <summary>Lines of a stream that is not to be trusted with their length.</summary>
internal sealed class BoundedLines(TextReader reader, int maxLength)
{
    private readonly char[] _buffer = new char[16 << 10];
    private readonly StringBuilder _line = new();
    private int _start;
    private int _end;

    /// <summary>The next line without its end; null at the end of the stream. A last line without an end is none.</summary>
    /// <exception cref="InvalidDataException">A line is too long.</exception>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int length = Array.IndexOf(_buffer, '\n', _start, _end - _start) - _start;
            bool whole = length >= 0;
            length = whole ? length : _end - _start;
            if (_line.Length + length > maxLength)
            {
                throw new InvalidDataException($"a line of more than {maxLength} characters");
            }

            _line.Append(_buffer, _start, length);
            _start += whole ? length + 1 : length;
            if (whole)
            {
                string line = _line.ToString();
                _line.Clear();
                return line;
            }

            (_start, _end) = (0, await reader.ReadAsync(_buffer, cancellationToken));
            if (_end == 0)
            {
                return null;
            }
        }
    }
}
