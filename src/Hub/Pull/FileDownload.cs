using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Hub.Pull;

/// <summary>
/// Fetches one file into <c>.cache/pull/</c> below the destination, goes on where an earlier attempt or run stopped, checks
/// it and only then gives it its name.
/// </summary>
internal sealed class FileDownload(HubHttp http, HubClientOptions options, TimeProvider clock, string destination, string commit)
{
    private const int BufferBytes = 256 << 10;
    private const long ProgressThatCounts = 1 << 20;

    // Of a file whose size neither the listing nor the answer gives.
    private const long MaxUnknownLength = 100 << 20;

    // A part that goes on from another content fails its checksum; from its own start it must not.
    private const int MaxChecksumFailures = 2;

    /// <summary>Fetches the file.</summary>
    /// <param name="address">Where it lies.</param>
    /// <param name="file">What it must be.</param>
    /// <param name="progress">Called with the bytes that are here, and a note where something went wrong.</param>
    /// <param name="cancellationToken">Ends the pull; what is here stays for the next one.</param>
    /// <returns>Bytes that came over the network.</returns>
    /// <exception cref="HubException">It cannot be fetched, or is not what the repository says.</exception>
    public async Task<long> RunAsync(Uri address, HubFile file, Action<long, string?> progress, CancellationToken cancellationToken)
    {
        string part = PartPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        RetryPolicy retry = new(options, clock);
        long fetched = 0;
        for (int checksumFailures = 0; ;)
        {
            fetched += await FetchPartAsync(address, file, part, retry, progress, cancellationToken);
            string? fault = await FileChecksum.FindFaultAsync(part, file, cancellationToken);
            if (fault is null)
            {
                break;
            }

            Forget(part);
            if (++checksumFailures == MaxChecksumFailures)
            {
                throw new HubException($"{file.Path}: {fault}, after {checksumFailures} downloads");
            }

            progress(0, $"{fault}; fetching it anew");
        }

        string target = Path.Combine(destination, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(part, target, overwrite: true);
        Forget(part);
        return fetched;
    }

    /// <summary>The bytes that an earlier run left.</summary>
    public long BytesHere(HubFile file) => new FileInfo(PartPath(file)) is { Exists: true } part ? part.Length : 0;

    private static string EtagPath(string part) => part + ".etag";

    private static void Forget(string part)
    {
        File.Delete(part);
        File.Delete(EtagPath(part));
    }

    /// <summary>Fetches until the file is whole.</summary>
    private async Task<long> FetchPartAsync(
        Uri address, HubFile file, string part, RetryPolicy retry, Action<long, string?> progress, CancellationToken cancellationToken)
    {
        await using FileStream stream = new(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true);
        long fetched = 0;
        while (true)
        {
            if (file.Length is long expected && stream.Length >= expected)
            {
                if (stream.Length > expected)
                {
                    stream.SetLength(0);
                }
                else
                {
                    return fetched;
                }
            }

            long before = fetched;
            string why;
            TimeSpan? asked = null;
            HttpStatusCode? status = null;
            Exception? error = null;
            try
            {
                (bool done, HttpResponseMessage? refusal) = await FetchOnceAsync(address, file, part, stream, count => fetched += count, progress, cancellationToken);
                if (done)
                {
                    return fetched;
                }

                using (refusal)
                {
                    status = refusal?.StatusCode;
                    asked = refusal is null ? null : retry.Asked(refusal);
                    why = status is null ? "the server sent less than it announced" : $"the server answered {(int)status}";
                }
            }
            catch (Exception e) when (RetryPolicy.IsTransient(e))
            {
                (why, error) = (e.Message, e);
            }

            await stream.FlushAsync(cancellationToken);
            if (fetched - before >= ProgressThatCounts)
            {
                retry.Succeeded();
            }

            progress(stream.Length, why);
            await retry.WaitAsync(file.Path, why, asked, status, error, cancellationToken);
        }
    }

    /// <summary>One request. Not done and no refusal: the answer ended too early.</summary>
    private async Task<(bool Done, HttpResponseMessage? Refusal)> FetchOnceAsync(
        Uri address, HubFile file, string part, FileStream stream, Action<long> count, Action<long, string?> progress, CancellationToken cancellationToken)
    {
        // Without the ETag of what is here, the checksum alone can tell whether the rest belongs to it.
        EntityTagHeaderValue? etag = ReadEtag(part);
        if (etag is null && file is { Sha256: null, BlobId: null })
        {
            stream.SetLength(0);
        }

        long start = stream.Length;
        RangeHeaderValue? range = start > 0 ? new RangeHeaderValue(start, null) : null;
        HttpResponseMessage response = await http.GetAsync(address, range, range is null ? null : etag, cancellationToken);
        if (RetryPolicy.IsTransient(response.StatusCode))
        {
            return (false, response);
        }

        using (response)
        {
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // What is here is not the beginning of what is there.
                stream.SetLength(0);
                File.Delete(EtagPath(part));
                return (false, null);
            }

            HubErrors.ThrowIfRefused(response, file.Path);
            bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == start && start > 0;
            if (!goesOn)
            {
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    throw new HubException($"{file.Path}: the server answered with another range than asked for", response.StatusCode);
                }

                stream.SetLength(0);
                start = 0;
            }

            WriteEtag(part, response.Headers.ETag);
            stream.Position = start;
            long? announced = response.Content.Headers.ContentLength;
            long end = file.Length ?? (announced is long rest ? start + rest : MaxUnknownLength);
            await CopyAsync(response, file, stream, end, count, progress, cancellationToken);
            return (file.Length is long length ? stream.Length == length : announced is not long whole || stream.Length == start + whole, null);
        }
    }

    private async Task CopyAsync(
        HttpResponseMessage response, HubFile file, FileStream stream, long end, Action<long> count, Action<long, string?> progress, CancellationToken cancellationToken)
    {
        using IdleGuard guard = new(options.IdleTimeout, clock, cancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = new byte[BufferBytes];
        while (await guard.ReadAsync(body, buffer) is int read and > 0)
        {
            if (read > end - stream.Position)
            {
                stream.SetLength(0);
                throw new HubException($"{file.Path}: the server sends more than the {end} bytes it announced");
            }

            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            count(read);
            progress(stream.Position, null);
        }
    }

    private static EntityTagHeaderValue? ReadEtag(string part) =>
        File.Exists(EtagPath(part)) && EntityTagHeaderValue.TryParse(File.ReadAllText(EtagPath(part)), out EntityTagHeaderValue? etag) ? etag : null;

    // A weak tag says nothing about bytes.
    private static void WriteEtag(string part, EntityTagHeaderValue? etag)
    {
        if (etag is { IsWeak: false })
        {
            File.WriteAllText(EtagPath(part), etag.ToString());
        }
        else
        {
            File.Delete(EtagPath(part));
        }
    }

    /// <summary>Named by the content, so that a part serves every revision that has the file; else by commit and path.</summary>
    private string PartPath(HubFile file)
    {
        string identity = file.Sha256 ?? file.BlobId ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{commit}\n{file.Path}")));
        return Path.Combine(destination, ".cache", "pull", identity + ".incomplete");
    }
}
