using System.Buffers;

namespace LlmPlatform.Training.Data;

/// <summary>A line of a file, without its end.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Bytes">UTF-8, as it lies in the file; valid until the next line is read. Empty for a line that is too long.</param>
/// <param name="TooLong">Whether it is longer than a line may be; its bytes were passed over.</param>
internal readonly record struct DataLine(long Number, ReadOnlyMemory<byte> Bytes, bool TooLong);

/// <summary>Lines of a file one after the other; never more of it in memory than one line and a block.</summary>
internal sealed class JsonLinesFile : IDisposable
{
    private const int BlockSize = 1 << 16;

    private readonly Stream _stream;
    private readonly int _maxLineLength;
    private readonly byte[] _block = new byte[BlockSize];
    private readonly ArrayBufferWriter<byte> _line = new();
    private int _position;
    private int _filled;
    private long _number;

    public JsonLinesFile(string path, int maxLineLength)
        : this(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan), maxLineLength)
    {
    }

    internal JsonLinesFile(Stream stream, int maxLineLength)
    {
        _stream = stream;
        _maxLineLength = maxLineLength;
    }

    /// <summary>The next line, or null at the end. A byte order mark and the carriage return before a line's end are left out.</summary>
    public DataLine? ReadLine()
    {
        _line.ResetWrittenCount();
        bool tooLong = false;
        bool any = false;
        while (_position < _filled || Fill())
        {
            any = true;
            ReadOnlySpan<byte> rest = _block.AsSpan(_position, _filled - _position);
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? rest : rest[..end];
            if (_line.WrittenCount + part.Length > _maxLineLength)
            {
                tooLong = true;
                _line.ResetWrittenCount();
            }

            if (!tooLong)
            {
                _line.Write(part);
            }

            _position += part.Length;
            if (end >= 0)
            {
                _position++;
                break;
            }
        }

        if (!any)
        {
            return null;
        }

        _number++;
        return new DataLine(_number, tooLong ? default : Trim(_line.WrittenMemory, _number == 1), tooLong);
    }

    public void Dispose() => _stream.Dispose();

    private bool Fill()
    {
        _position = 0;
        _filled = _stream.Read(_block);
        return _filled > 0;
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line, bool first)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        if (first && line.Span.StartsWith(mark))
        {
            line = line[mark.Length..];
        }

        return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
    }
}
