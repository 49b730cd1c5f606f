using System.Collections.Concurrent;
using System.Diagnostics;

namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>Parses one document after the other and writes the answers.</summary>
internal sealed class DocumentWorkerLoop(
    Func<DocumentSource, DocumentLimits, ParsedDocument> parse, Stream output, DocumentLimits limits)
    : IDisposable
{
    private readonly BlockingCollection<DocumentSource> _documents = new(boundedCapacity: 1);

    /// <summary>Hands over a document; waits while another one waits.</summary>
    internal void Add(DocumentSource source) => _documents.Add(source);

    /// <summary>Runs on the calling thread and never ends.</summary>
    internal void Run()
    {
        WorkerFrames.Write(output, WorkerFrame.Ready, []);
        while (true)
        {
            Answer(_documents.Take());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _documents.Dispose();

    private void Answer(DocumentSource source)
    {
        try
        {
            WriteParsed(parse(source, limits), output);
        }
        catch (DocumentException exception)
        {
            WriteFailed(exception.Code, exception.Message);
        }
        catch (OutOfMemoryException)
        {
            WriteFailed(DocumentErrors.LimitExceeded, $"reading it takes more than {limits.MaxMemory >> 20} MiB of memory");
        }
        catch (InsufficientExecutionStackException)
        {
            WriteFailed(DocumentErrors.LimitExceeded, "it is nested too deep to be read");
        }
#pragma warning disable CA1031 // A parser may throw anything at all, and the pool must learn of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // The message may hold the document's text, so only the type is told; where it came from goes to the log.
            Console.Error.WriteLine($"parser failed: {exception.GetType().Name}\n{new StackTrace(exception, fNeedFileInfo: false)}");
            WriteFailed(DocumentErrors.Corrupt, $"the content is damaged: its parser stopped with {exception.GetType().Name}");
        }
    }

    private static void WriteParsed(ParsedDocument document, Stream output)
    {
        using MemoryStream buffer = new();
        using BinaryWriter writer = new(buffer);
        ParsedDocumentCodec.Write(writer, document);
        WorkerFrames.Write(output, WorkerFrame.Parsed, buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private void WriteFailed(string code, string message) =>
        WorkerFrames.Write(output, WorkerFrame.Failed, WorkerMessages.WriteFailure(code, message));
}
