using System.Globalization;

namespace LlmPlatform.RetrievalService;

/// <summary>The service's settings.</summary>
internal sealed record RetrievalOptions
{
    public const string Section = "Platform:Retrieval";
    public const string MaxDocumentBytesKey = Section + ":MaxDocumentBytes";

    private const int MaxWorkers = 64;
    private const long MostDocumentBytes = 1L << 30;

    /// <summary><c>Platform:Retrieval:Workers</c>: documents that are ingested at the same time. Default 2.</summary>
    public int Workers { get; init; } = 2;

    /// <summary><c>Platform:Retrieval:SweepInterval</c>: how long a row waits whose message was lost. Default 30 s.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>Platform:Retrieval:EncoderPollInterval</c>: how often an encoder is looked for. Default 10 s.</summary>
    public TimeSpan EncoderPollInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>Platform:Retrieval:MaxDocumentBytes</c>: the largest file that is ingested. Default 64 MiB.</summary>
    public long MaxDocumentBytes { get; init; } = 64L << 20;

    /// <summary><c>Platform:Retrieval:Encoder</c>: the default encoder. Default: the newest that the platform has.</summary>
    public string Encoder { get; init; } = "";

    /// <summary><c>Platform:Retrieval:Docs</c>: the folder of the platform's documentation. Default: <c>docs</c> beside the program.</summary>
    public string Docs { get; init; } = "";

    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static RetrievalOptions From(IConfiguration configuration)
    {
        RetrievalOptions standard = new();
        return new RetrievalOptions
        {
            Workers = (int)Number(configuration, Section + ":Workers", standard.Workers, 1, MaxWorkers),
            SweepInterval = Time(configuration, Section + ":SweepInterval", standard.SweepInterval),
            EncoderPollInterval = Time(configuration, Section + ":EncoderPollInterval", standard.EncoderPollInterval),
            MaxDocumentBytes = Number(configuration, MaxDocumentBytesKey, standard.MaxDocumentBytes, 1, MostDocumentBytes),
            Encoder = configuration[Section + ":Encoder"] ?? "",
            Docs = configuration[Section + ":Docs"] is { Length: > 0 } docs ? docs : Path.Combine(AppContext.BaseDirectory, "docs"),
        };
    }

    private static long Number(IConfiguration configuration, string key, long otherwise, long min, long max)
    {
        string? text = configuration[key];
        return string.IsNullOrEmpty(text) ? otherwise
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max ? value
            : throw new InvalidOperationException($"{key} is '{text}', expected a number from {min} to {max}");
    }

    private static TimeSpan Time(IConfiguration configuration, string key, TimeSpan otherwise)
    {
        string? text = configuration[key];
        return string.IsNullOrEmpty(text) ? otherwise
            : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan value) && value > TimeSpan.Zero ? value
            : throw new InvalidOperationException($"{key} is '{text}', expected a time such as 00:00:30");
    }
}
