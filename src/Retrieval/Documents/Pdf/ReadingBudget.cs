using System.Diagnostics;

namespace LlmPlatform.Retrieval.Documents.Pdf;

/// <summary>
/// What reading one file may cost: time, and the bytes of its streams, counted while they are decoded: a stream may be deflated twice, and a page's
/// content may call the same form a million times. What was exceeded is kept, because the library around the decoders
/// takes an exception for a damaged stream and goes on.
/// </summary>
internal sealed class ReadingBudget(DocumentLimits limits, CancellationToken cancellationToken)
{
    // One stream becomes objects several times its size.
    private const int Share = 8;

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _decoded;
    private long _mapped;
    private string? _exceeded;

    /// <summary>Bytes that one stream may have.</summary>
    public long MaxStream { get; } = Math.Max(limits.MaxUncompressedBytes / Share, 1 << 16);

    /// <summary>Ends the work at once.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Throws if a limit was exceeded, now or before, or if the work was cancelled.</summary>
    /// <exception cref="DocumentException">A limit was exceeded.</exception>
    public void Check()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_exceeded is null && Stopwatch.GetElapsedTime(_started) > limits.MaxTime)
        {
            _exceeded = $"reading takes longer than {limits.MaxTime.TotalSeconds} s";
        }

        if (_exceeded is not null)
        {
            throw new DocumentException(DocumentErrors.LimitExceeded, _exceeded);
        }
    }

    /// <summary>Counts the bytes of a stream.</summary>
    /// <param name="length">Its bytes after decoding.</param>
    public void AddDecoded(long length)
    {
        _decoded += length;
        if (length > MaxStream)
        {
            Exceed($"a stream of more than {MaxStream} bytes");
        }
        else if (_decoded > limits.MaxUncompressedBytes)
        {
            Exceed($"streams of more than {limits.MaxUncompressedBytes} bytes together");
        }

        Check();
    }

    /// <summary>Counts codes that a character map names by ranges; the library expands them.</summary>
    public void AddMapped(long codes)
    {
        const long MostCodes = 4 << 20;
        _mapped += codes;
        if (_mapped > MostCodes)
        {
            Exceed($"character maps of more than {MostCodes} codes");
        }

        Check();
    }

    /// <summary>Ends the work: a limit is exceeded.</summary>
    /// <exception cref="DocumentException">Always.</exception>
    public void Exceed(string what)
    {
        _exceeded ??= what;
        Check();
    }
}
