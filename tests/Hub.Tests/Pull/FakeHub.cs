using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LlmPlatform.Hub.Tests.Pull;

/// <summary>A request as the server saw it.</summary>
internal sealed record SeenRequest(string Path, IReadOnlyDictionary<string, string> Headers);

/// <summary>How the server spoils one answer.</summary>
internal sealed record Fault
{
    /// <summary>Bytes of the body after which the connection is cut.</summary>
    public int? DropAfter { get; init; }

    /// <summary>A status without a body.</summary>
    public int? Status { get; init; }

    /// <summary>The header Retry-After of that status.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Answers 200 and everything, whatever range was asked for.</summary>
    public bool IgnoreRange { get; init; }

    /// <summary>A byte of the body is another.</summary>
    public bool WrongByte { get; init; }

    /// <summary>Bytes follow that nobody announced in the listing.</summary>
    public int Surplus { get; init; }

    /// <summary>Says 206, but begins somewhere else.</summary>
    public bool WrongRange { get; init; }

    /// <summary>Sends headers, then nothing.</summary>
    public bool Silent { get; init; }
}

/// <summary>A server over a plain socket that speaks enough of the Hub's API and fails as it is told.</summary>
internal sealed class FakeHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly HashSet<string> _large = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Fault>> _faults = new();
    private readonly Task _loop;

    public FakeHub()
    {
        _listener.Start();
        Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _loop = AcceptAsync();
    }

    public Uri Endpoint { get; }

    public ConcurrentQueue<SeenRequest> Requests { get; } = [];

    /// <summary>Where files are redirected to; null to serve them here.</summary>
    public Uri? RedirectTo { get; set; }

    /// <summary>The listing, where a test wants another than the true one.</summary>
    public string? Listing { get; set; }

    /// <summary>Changes with the content, as a server's would.</summary>
    public string Etag { get; set; } = "\"one\"";

    public FakeHub Add(string path, byte[] content, bool large = false)
    {
        _files[path] = content;
        if (large)
        {
            _large.Add(path);
        }

        return this;
    }

    public FakeHub Add(string path, string content) => Add(path, Encoding.UTF8.GetBytes(content));

    /// <summary>The next answers for a file (or for <c>listing</c>) are spoilt, one after the other.</summary>
    public FakeHub Spoil(string path, params Fault[] faults)
    {
        foreach (Fault fault in faults)
        {
            _faults.GetOrAdd(path, _ => []).Enqueue(fault);
        }

        return this;
    }

    public IEnumerable<SeenRequest> RequestsFor(string file) => Requests.Where(request => request.Path.EndsWith($"/{file}", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadRequestAsync(stream) is { } request)
                {
                    Requests.Enqueue(request);
                    if (!await AnswerAsync(stream, request))
                    {
                        // Reset, so that the client cannot take it for the regular end.
                        client.Client.LingerState = new LingerOption(true, 0);
                        return;
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task<SeenRequest?> ReadRequestAsync(NetworkStream stream)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return new SeenRequest(
            lines[0].Split(' ')[1],
            lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>False: the connection is to be cut.</summary>
    private async Task<bool> AnswerAsync(NetworkStream stream, SeenRequest request)
    {
        bool listing = request.Path.StartsWith("/api/models/", StringComparison.Ordinal);
        string file = listing ? "listing" : Uri.UnescapeDataString(request.Path[(request.Path.IndexOf(Commit, StringComparison.Ordinal) + Commit.Length + 1)..]);
        Fault fault = _faults.TryGetValue(file, out ConcurrentQueue<Fault>? queue) && queue.TryDequeue(out Fault? next) ? next : new Fault();
        if (fault.Status is int status)
        {
            string retryAfter = fault.RetryAfterSeconds is int seconds ? $"Retry-After: {seconds}\r\n" : "";
            await WriteAsync(stream, $"HTTP/1.1 {status} Told\r\n{retryAfter}Content-Length: 0\r\n\r\n");
            return true;
        }

        if (!listing && RedirectTo is not null)
        {
            await WriteAsync(stream, $"HTTP/1.1 302 Found\r\nLocation: {new Uri(RedirectTo, request.Path)}\r\nContent-Length: 0\r\n\r\n");
            return true;
        }

        byte[]? content = listing ? Encoding.UTF8.GetBytes(Listing ?? TrueListing()) : _files.GetValueOrDefault(file);
        if (content is null)
        {
            await WriteAsync(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            return true;
        }

        return await SendAsync(stream, request, fault, content);
    }

    private async Task<bool> SendAsync(NetworkStream stream, SeenRequest request, Fault fault, byte[] content)
    {
        int start = 0;
        bool sameContent = !request.Headers.TryGetValue("If-Range", out string? tag) || tag == Etag;
        if (request.Headers.TryGetValue("Range", out string? range) && !fault.IgnoreRange && sameContent)
        {
            start = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            if (start >= content.Length)
            {
                await WriteAsync(stream, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n");
                return true;
            }
        }

        byte[] body = [.. content[start..], .. new byte[fault.Surplus]];
        if (fault.WrongByte)
        {
            body[^1] ^= 1;
        }

        int shown = fault.WrongRange ? start - 1 : start;
        string partial = start > 0 ? $"Content-Range: bytes {shown}-{content.Length - 1}/{content.Length}\r\n" : "";
        await WriteAsync(
            stream, $"HTTP/1.1 {(start > 0 ? "206 Partial Content" : "200 OK")}\r\nETag: {Etag}\r\n{partial}Content-Length: {body.Length}\r\n\r\n");
        if (fault.Silent)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        int length = Math.Min(fault.DropAfter ?? body.Length, body.Length);
        await stream.WriteAsync(body.AsMemory(0, length), _stop.Token);
        if (length < body.Length)
        {
            // Time for the bytes to arrive before the reset discards what is under way.
            await Task.Delay(50, _stop.Token);
            return false;
        }

        return true;
    }

    private string TrueListing() => new JsonObject
    {
        ["id"] = "org/tiny",
        ["sha"] = Commit,
        ["siblings"] = new JsonArray([.. _files.Select(pair => (JsonNode)Sibling(pair.Key, pair.Value))]),
    }.ToJsonString();

    private JsonObject Sibling(string path, byte[] content)
    {
#pragma warning disable CA5350
        byte[] blob = SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]);
#pragma warning restore CA5350
        JsonObject sibling = new() { ["rfilename"] = path, ["size"] = content.Length, ["blobId"] = Convert.ToHexStringLower(blob) };
        if (_large.Contains(path))
        {
            sibling["lfs"] = new JsonObject
            {
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)),
                ["size"] = content.Length,
                ["pointerSize"] = 130,
            };
        }

        return sibling;
    }

    private async Task WriteAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), _stop.Token);
}
