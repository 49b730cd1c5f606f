using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmPlatform.Hub.Pull;

/// <summary>
/// Fetches models from the Hugging Face Hub, or a server that speaks its HTTP API. A pull that was broken off goes on where
/// it stopped; every file is checked against the checksum that the server lists.
/// </summary>
public sealed partial class HubClient : IDisposable
{
    private const int MaxListingBytes = 64 << 20;

    private readonly HubClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;
    private readonly HubHttp _http;

    /// <summary>Creates a client.</summary>
    /// <param name="options">The server and the patience.</param>
    /// <param name="clock">For pauses and time limits.</param>
    public HubClient(HubClientOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _clock = clock;

        // Redirects are followed by hand and silence is timed by hand.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = options.IdleTimeout })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http = new HubHttp(options, _client, clock);
    }

    /// <summary>The free bytes of the disk that holds a folder.</summary>
    internal Func<string, long> FreeBytes { get; init; } = folder =>
        new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;

    /// <summary>Fetches a model with the usual weights: safetensors.</summary>
    /// <inheritdoc cref="PullAsync(string, string, string, IReadOnlyCollection{string}, IProgress{PullProgress}, CancellationToken)"/>
    public Task<PullResult> PullAsync(
        string repoId, string revision, string destination, IProgress<PullProgress>? progress, CancellationToken cancellationToken) =>
        PullAsync(repoId, revision, destination, [], progress, cancellationToken);

    /// <summary>Fetches a model.</summary>
    /// <param name="repoId"><c>organisation/name</c>, or <c>name</c> alone.</param>
    /// <param name="revision">A branch, a tag or a commit; usually <c>main</c>.</param>
    /// <param name="destination">The folder for the files; files that are there and right are not fetched again.</param>
    /// <param name="include">Patterns (<c>*.gguf</c>) of the weights to fetch instead of the usual ones; empty for those.</param>
    /// <param name="progress">Told about every piece that arrives.</param>
    /// <param name="cancellationToken">Ends the pull; what is here stays for the next one.</param>
    /// <exception cref="HubException">The model cannot be fetched; the message says why and what to do.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public async Task<PullResult> PullAsync(
        string repoId,
        string revision,
        string destination,
        IReadOnlyCollection<string> include,
        IProgress<PullProgress>? progress,
        CancellationToken cancellationToken)
    {
        CheckNames(repoId, revision);
        string folder = Path.GetFullPath(destination);
        HubRepository repository = await ListAsync(repoId, revision, cancellationToken);
        ImmutableArray<HubFile> files = FileSelection.Choose(repository.Files, include);

        Directory.CreateDirectory(folder);
        FileDownload download = new(_http, _options, _clock, folder, repository.Commit);
        List<HubFile> missing = await FindMissingAsync(folder, files, cancellationToken);
        CheckSpace(folder, missing.Sum(file => Math.Max(0, (file.Length ?? 0) - download.BytesHere(file))));

        long length = files.Sum(file => file.Length ?? 0);
        long here = files.Except(missing).Sum(file => file.Length ?? 0);
        long fetched = 0;
        foreach (HubFile file in missing)
        {
            long others = here;
            Uri address = Address($"{repoId}/resolve/{repository.Commit}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}");
            fetched += await download.RunAsync(
                address,
                file,
                (bytes, note) => progress?.Report(new PullProgress(file.Path, bytes, file.Length, others + bytes, length, note)),
                cancellationToken);
            here += file.Length ?? 0;
        }

        RemoveEmptyCache(folder);
        return new PullResult(repoId, repository.Commit, folder, [.. files.Select(file => file.Path)], fetched);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static void CheckNames(string repoId, string revision)
    {
        ArgumentNullException.ThrowIfNull(repoId);
        ArgumentNullException.ThrowIfNull(revision);
        if (repoId.Length > 192 || !RepoId().IsMatch(repoId) || repoId.Contains("..", StringComparison.Ordinal))
        {
            throw new HubException($"model: found {Shown.Cut(repoId)}, expected organisation/name of letters, digits, '-', '_' and '.'");
        }

        if (revision.Length is 0 or > 250 || revision.Any(char.IsControl) || revision.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw new HubException($"revision: found {Shown.Cut(revision)}, expected a branch, a tag or a commit");
        }
    }

    private static async Task<List<HubFile>> FindMissingAsync(string folder, ImmutableArray<HubFile> files, CancellationToken cancellationToken)
    {
        List<HubFile> missing = [];
        foreach (HubFile file in files)
        {
            string path = Path.Combine(folder, file.Path);
            bool known = file is not { Sha256: null, BlobId: null };
            if (!known || !File.Exists(path) || await FileChecksum.FindFaultAsync(path, file, cancellationToken) is not null)
            {
                missing.Add(file);
            }
        }

        return missing;
    }

    private static void RemoveEmptyCache(string folder)
    {
        foreach (string cache in (string[])[Path.Combine(folder, ".cache", "pull"), Path.Combine(folder, ".cache")])
        {
            if (Directory.Exists(cache) && !Directory.EnumerateFileSystemEntries(cache).Any())
            {
                Directory.Delete(cache);
            }
        }
    }

    private async Task<HubRepository> ListAsync(string repoId, string revision, CancellationToken cancellationToken)
    {
        string what = $"model {repoId}, revision {Shown.Cut(revision)}";
        Uri address = Address($"api/models/{repoId}/revision/{Uri.EscapeDataString(revision)}?blobs=true");
        RetryPolicy retry = new(_options, _clock);
        while (true)
        {
            string why;
            TimeSpan? asked = null;
            Exception? error = null;
            System.Net.HttpStatusCode? status = null;
            try
            {
                using HttpResponseMessage response = await _http.GetAsync(address, null, null, cancellationToken);
                if (!RetryPolicy.IsTransient(response.StatusCode))
                {
                    HubErrors.ThrowIfRefused(response, what);
                    return HubRepository.Parse(await ReadListingAsync(response, cancellationToken));
                }

                (status, asked, why) = (response.StatusCode, retry.Asked(response), $"the server answered {(int)response.StatusCode}");
            }
            catch (Exception e) when (RetryPolicy.IsTransient(e))
            {
                (error, why) = (e, e.Message);
            }

            await retry.WaitAsync(what, why, asked, status, error, cancellationToken);
        }
    }

    private async Task<byte[]> ReadListingAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using IdleGuard guard = new(_options.IdleTimeout, _clock, cancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using MemoryStream listing = new();
        byte[] buffer = new byte[64 << 10];
        while (await guard.ReadAsync(body, buffer) is int read and > 0)
        {
            if (listing.Length + read > MaxListingBytes)
            {
                throw new HubException($"the server's list of files has more than {MaxListingBytes} bytes");
            }

            listing.Write(buffer, 0, read);
        }

        return listing.ToArray();
    }

    private void CheckSpace(string folder, long needed)
    {
        long free = FreeBytes(folder);
        if (needed > free)
        {
            throw new HubException(string.Create(
                CultureInfo.InvariantCulture, $"not enough space in {folder}: {needed >> 20} MiB are missing from the model, {free >> 20} MiB are free"));
        }
    }

    private Uri Address(string relative) => new($"{_options.Endpoint.AbsoluteUri.TrimEnd('/')}/{relative}");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)?\z")]
    private static partial Regex RepoId();
}
