using LlmPlatform.Hub.Pull;
using Microsoft.Extensions.Time.Testing;

namespace LlmPlatform.Hub.Tests.Pull;

/// <summary>Pulling from a local server that drops connections, changes its mind and lies.</summary>
public sealed class HubClientTests : IAsyncLifetime
{
    private const string Weights = "model.safetensors";

    private readonly FakeHub _hub = new();
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _content = new byte[3 << 20];

    private string Destination => Path.Combine(_folder.Path, "tiny");

    public ValueTask InitializeAsync()
    {
        new Random(7).NextBytes(_content);
        _hub.Add("config.json", "{\"model_type\":\"llama\"}").Add(Weights, _content, large: true);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_files_that_a_model_needs_are_fetched_and_no_others()
    {
        _hub.Add("tokenizer.json", "{}").Add("README.md", "card").Add("1_Pooling/config.json", "{}").Add("modules.json", "[]")
            .Add("additional_chat_templates/tool.jinja", "x").Add("LICENSE", "y")
            .Add("pytorch_model.bin", "pickle").Add("pytorch_model.bin.index.json", "{}").Add("onnx/model.onnx", "o").Add("tf_model.h5", "h")
            .Add(".gitattributes", "g").Add("tiny.Q4_0.gguf", "q").Add("original/params.json", "{}").Add("model.fp16.safetensors", "v")
            .Add("photo.png", "p");

        PullResult result = await PullAsync();

        string[] expected =
        [
            "1_Pooling/config.json", "LICENSE", "README.md", "additional_chat_templates/tool.jinja", "config.json", Weights, "modules.json", "tokenizer.json",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), result.Files.Order(StringComparer.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), FilesHere());
        Assert.Equal(FakeHub.Commit, result.Commit);
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(Destination, Weights), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Shards_come_with_their_index_only_where_there_is_no_single_file()
    {
        await using FakeHub hub = new();
        hub.Add("config.json", "{}").Add("model.safetensors.index.json", "{}").Add("model-00001-of-00002.safetensors", "a").Add("model-00002-of-00002.safetensors", "b");

        PullResult result = await PullAsync(hub: hub);
        Assert.Equal(["config.json", "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"], result.Files);

        hub.Add(Weights, "all");
        PullResult single = await PullAsync(hub: hub);
        Assert.Equal(["config.json", Weights], single.Files);
    }

    [Fact]
    public async Task A_pattern_chooses_a_gguf_file_instead()
    {
        _hub.Add("tiny.Q4_0.gguf", "four").Add("tiny.Q8_0.gguf", "eight");
        PullResult result = await PullAsync(include: ["*Q4_0*"]);
        Assert.Equal(["config.json", "tiny.Q4_0.gguf"], result.Files);
    }

    [Fact]
    public async Task Lost_connections_are_resumed_where_they_were_lost()
    {
        _hub.Spoil(Weights, new Fault { DropAfter = 1_000_000 }, new Fault { DropAfter = 500_000 }, new Fault { DropAfter = 0 });

        PullResult result = await PullAsync();

        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(Destination, Weights), TestContext.Current.CancellationToken));
        long[] starts = [.. _hub.RequestsFor(Weights).Select(Start)];
        Assert.Equal(4, starts.Length);
        Assert.Equal(0, starts[0]);
        Assert.InRange(starts[1], 1, 1_000_000);
        Assert.InRange(starts[2], starts[1] + 1, 1_500_000);
        Assert.Equal(starts[2], starts[3]);
        Assert.Equal("\"one\"", _hub.RequestsFor(Weights).Last().Headers["If-Range"]);
        Assert.InRange(result.BytesFetched, _content.Length, _content.Length + 1_000);
    }

    [Fact]
    public async Task A_pull_that_was_given_up_goes_on_in_the_next_run()
    {
        _hub.Spoil(Weights, new Fault { DropAfter = 2_000_000 }, new Fault { Status = 503 }, new Fault { Status = 503 }, new Fault { Status = 503 });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => PullAsync(attempts: 3));
        Assert.Contains(Weights, failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Destination, Weights)), "an unfinished file has its final name");

        await PullAsync();

        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(Destination, Weights), TestContext.Current.CancellationToken));
        Assert.InRange(Start(_hub.RequestsFor(Weights).Last()), 1, 2_000_000);
        Assert.False(Directory.Exists(Path.Combine(Destination, ".cache")), "the parts are still there");
    }

    [Fact]
    public async Task Files_that_are_here_and_right_are_not_fetched_again()
    {
        await PullAsync();
        int before = _hub.Requests.Count;
        PullResult again = await PullAsync();
        Assert.Equal(before + 1, _hub.Requests.Count); // the listing
        Assert.Equal(0, again.BytesFetched);

        await File.WriteAllTextAsync(Path.Combine(Destination, "config.json"), "{\"model_type\":\"wrong\"}", TestContext.Current.CancellationToken);
        await PullAsync();
        Assert.Equal("{\"model_type\":\"llama\"}", await File.ReadAllTextAsync(Path.Combine(Destination, "config.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_content_that_changed_between_two_attempts_is_fetched_from_its_start()
    {
        _hub.Spoil(Weights, new Fault { DropAfter = 1_000_000 });
        using HubClient client = Client();
        bool changed = false;
        Progress progress = new(report =>
        {
            if (report.Note is not null && !changed)
            {
                changed = true;
                _hub.Etag = "\"two\"";
            }
        });

        await client.PullAsync("org/tiny", "main", Destination, progress, TestContext.Current.CancellationToken);

        Assert.True(changed, "the connection was not dropped");
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(Destination, Weights), TestContext.Current.CancellationToken));
        Assert.Equal("\"one\"", _hub.RequestsFor(Weights).Last().Headers["If-Range"]);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_is_read_from_the_start()
    {
        _hub.Spoil(Weights, new Fault { DropAfter = 1_000_000 }, new Fault { IgnoreRange = true });
        await PullAsync();
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(Destination, Weights), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_server_that_answers_with_another_range_is_not_believed()
    {
        _hub.Spoil(Weights, new Fault { DropAfter = 1_000_000 }, new Fault { WrongRange = true });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => PullAsync());
        Assert.Contains("another range", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_bytes_are_fetched_anew_once_and_then_refused()
    {
        _hub.Spoil(Weights, new Fault { WrongByte = true });
        await PullAsync();
        Assert.Equal(2, _hub.RequestsFor(Weights).Count());
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(Destination, Weights), TestContext.Current.CancellationToken));

        File.Delete(Path.Combine(Destination, Weights));
        _hub.Spoil(Weights, new Fault { WrongByte = true }, new Fault { WrongByte = true });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => PullAsync());
        Assert.Contains("SHA-256", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Destination, Weights)), "a wrong file has its final name");
    }

    [Fact]
    public async Task Wrong_bytes_of_a_small_file_are_noticed_by_its_blob_id()
    {
        _hub.Spoil("config.json", new Fault { WrongByte = true }, new Fault { WrongByte = true });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => PullAsync());
        Assert.Contains("config.json", failure.Message, StringComparison.Ordinal);
        Assert.Contains("git blob", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_bytes_than_were_announced_end_the_pull()
    {
        _hub.Spoil(Weights, new Fault { Surplus = 10 });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => PullAsync());
        Assert.Contains("more than", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_goes_to_the_endpoint_and_not_to_where_it_redirects()
    {
        await using FakeHub store = new();
        store.Add("config.json", "{\"model_type\":\"llama\"}").Add(Weights, _content, large: true);
        _hub.RedirectTo = store.Endpoint;

        await PullAsync(token: "hf_secret");

        Assert.NotEmpty(store.Requests);
        Assert.All(_hub.Requests, request => Assert.Equal("Bearer hf_secret", request.Headers["Authorization"]));
        Assert.All(store.Requests, request => Assert.DoesNotContain("Authorization", request.Headers.Keys));
        Assert.Equal(_content, await File.ReadAllBytesAsync(Path.Combine(Destination, Weights), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(401, "HF_TOKEN")]
    [InlineData(403, "terms")]
    [InlineData(404, "none on the server")]
    public async Task A_refusal_says_what_to_do_and_not_the_token(int status, string expected)
    {
        _hub.Spoil("listing", new Fault { Status = status });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => PullAsync(token: "hf_secret"));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains("org/tiny", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(status, (int?)failure.StatusCode);
        Assert.Single(_hub.Requests);
    }

    [Fact]
    public async Task The_server_says_how_long_to_wait()
    {
        _hub.Spoil("listing", new Fault { Status = 429, RetryAfterSeconds = 20 });
        FakeTimeProvider clock = new();
        using HubClient client = new(new HubClientOptions { Endpoint = _hub.Endpoint }, clock);
        Task<PullResult> pull = client.PullAsync("org/tiny", "main", Destination, null, TestContext.Current.CancellationToken);
        while (_hub.Requests.IsEmpty)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        await Task.Delay(200, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(19));
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Single(_hub.Requests);
        clock.Advance(TimeSpan.FromSeconds(1));
        await pull;
    }

    [Fact]
    public async Task A_silent_server_counts_as_a_lost_connection()
    {
        _hub.Spoil(Weights, new Fault { Silent = true });
        using HubClient client = new(
            new HubClientOptions { Endpoint = _hub.Endpoint, FirstDelay = TimeSpan.FromMilliseconds(1), IdleTimeout = TimeSpan.FromMilliseconds(500) }, TimeProvider.System);
        await client.PullAsync("org/tiny", "main", Destination, null, TestContext.Current.CancellationToken);
        Assert.Equal(2, _hub.RequestsFor(Weights).Count());
    }

    [Fact]
    public async Task The_caller_can_end_it()
    {
        _hub.Spoil(Weights, new Fault { Silent = true });
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(500));
        using HubClient client = Client();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PullAsync("org/tiny", "main", Destination, null, stop.Token));
    }

    [Theory]
    [InlineData("../outside.json")]
    [InlineData("/etc/outside.json")]
    [InlineData("a/../../outside.json")]
    [InlineData("..\\outside.json")]
    [InlineData("1_Pooling/../../outside.json")]
    [InlineData("C:outside.json")]
    public async Task A_listing_with_a_file_outside_the_folder_is_refused(string path)
    {
        string name = System.Text.Json.JsonSerializer.Serialize(path);
        _hub.Listing = $$"""{"sha":"{{FakeHub.Commit}}","siblings":[{"rfilename":"model.safetensors","size":1},{"rfilename":{{name}},"size":1}]}""";
        HubException failure = await Assert.ThrowsAsync<HubException>(() => PullAsync());
        Assert.Contains("outside", failure.Message, StringComparison.Ordinal);
        Assert.Single(_hub.Requests);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("{\"sha\":\"../..\",\"siblings\":[]}")]
    [InlineData("{\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"siblings\":[{\"rfilename\":\"model.safetensors\",\"size\":-1}]}")]
    [InlineData("{\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"siblings\":[{\"rfilename\":\"model.safetensors\",\"lfs\":{\"sha256\":\"../x\",\"size\":1}}]}")]
    [InlineData("{\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"siblings\":[5]}")]
    public async Task A_damaged_listing_is_refused(string listing)
    {
        _hub.Listing = listing;
        await Assert.ThrowsAsync<HubException>(() => PullAsync());
    }

    [Fact]
    public async Task Pickled_weights_alone_are_refused_with_the_reason()
    {
        await using FakeHub hub = new();
        hub.Add("config.json", "{}").Add("pytorch_model.bin", "pickle");
        HubException failure = await Assert.ThrowsAsync<HubException>(() => PullAsync(hub: hub));
        Assert.Contains("can run code", failure.Message, StringComparison.Ordinal);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task A_disk_that_is_too_small_is_noticed_before_the_download()
    {
        using HubClient client = new(new HubClientOptions { Endpoint = _hub.Endpoint }, TimeProvider.System) { FreeBytes = _ => 1 << 20 };
        HubException failure = await Assert.ThrowsAsync<HubException>(
            () => client.PullAsync("org/tiny", "main", Destination, null, TestContext.Current.CancellationToken));
        Assert.Contains("not enough space", failure.Message, StringComparison.Ordinal);
        Assert.Single(_hub.Requests);
    }

    [Theory]
    [InlineData("../tiny")]
    [InlineData("org/tiny/extra")]
    [InlineData("org/ti ny")]
    [InlineData("org/tiny\n")]
    [InlineData("org/a..b")]
    [InlineData("")]
    public async Task A_name_that_is_none_is_refused_without_a_request(string repoId)
    {
        using HubClient client = Client();
        await Assert.ThrowsAsync<HubException>(() => client.PullAsync(repoId, "main", Destination, null, TestContext.Current.CancellationToken));
        Assert.Empty(_hub.Requests);
    }

    [Fact]
    public async Task Progress_ends_with_all_bytes()
    {
        List<PullProgress> reports = [];
        using HubClient client = Client();
        await client.PullAsync("org/tiny", "refs/pr/1", Destination, new Progress(reports.Add), TestContext.Current.CancellationToken);
        Assert.Equal(reports[^1].Length, reports[^1].Bytes);
        Assert.Equal(_content.Length + "{\"model_type\":\"llama\"}".Length, reports[^1].Length);
        Assert.Equal(reports.Select(report => report.Bytes).Order(), reports.Select(report => report.Bytes));
        Assert.Contains("refs%2Fpr%2F1", _hub.Requests.First().Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Endpoint_and_token_come_from_the_environment()
    {
        HubClientOptions options = HubClientOptions.From(name => name switch { "HF_ENDPOINT" => "http://mirror.example/hf/", "HF_TOKEN" => " hf_x ", _ => null });
        Assert.Equal("http://mirror.example/hf/", options.Endpoint.AbsoluteUri);
        Assert.Equal("hf_x", options.Token);
        Assert.Equal("https://huggingface.co/", HubClientOptions.From(_ => null).Endpoint.AbsoluteUri);
        Assert.Throws<HubException>(() => HubClientOptions.From(name => name == "HF_ENDPOINT" ? "ftp://mirror" : null));
    }

    private static long Start(SeenRequest request) => request.Headers.TryGetValue("Range", out string? range)
        ? long.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture)
        : 0;

    private IEnumerable<string> FilesHere() => Directory.EnumerateFiles(Destination, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Destination, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private HubClient Client(FakeHub? hub = null, string? token = null, int attempts = 6) => new(
        new HubClientOptions { Endpoint = (hub ?? _hub).Endpoint, Token = token, MaxAttempts = attempts, FirstDelay = TimeSpan.FromMilliseconds(1) },
        TimeProvider.System);

    private async Task<PullResult> PullAsync(FakeHub? hub = null, string? token = null, int attempts = 6, string[]? include = null)
    {
        using HubClient client = Client(hub, token, attempts);
        return await client.PullAsync("org/tiny", "main", Destination, include ?? [], null, TestContext.Current.CancellationToken);
    }

    /// <summary>Unlike the framework's, it reports at once and in order.</summary>
    private sealed class Progress(Action<PullProgress> report) : IProgress<PullProgress>
    {
        public void Report(PullProgress value) => report(value);
    }
}
