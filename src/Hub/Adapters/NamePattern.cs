using System.Globalization;
using System.Text.RegularExpressions;
using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Hub.Adapters;

/// <summary>A regular expression from adapter_config.json over names of modules. It comes from outside, so its time is bounded.</summary>
internal sealed class NamePattern
{
    private const int MaxLength = 4096;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(100);

    private readonly ModelConfig _config;
    private readonly string _key;
    private readonly Regex _whole;
    private readonly Regex _end;
    private readonly Regex _number;

    public NamePattern(ModelConfig config, string key, string pattern)
    {
        (_config, _key) = (config, key);
        if (pattern.Length > MaxLength)
        {
            throw config.Invalid(key, $"patterns of at most {MaxLength} characters");
        }

        try
        {
            _whole = new Regex($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, MaxTime);
            _end = new Regex($@"\A(?:.*\.)?(?:{pattern})\z", RegexOptions.CultureInvariant, MaxTime);
            _number = new Regex($@"\A.*\.(?:{pattern})\.(?<number>[0-9]+)\.", RegexOptions.CultureInvariant, MaxTime);
        }
        catch (ArgumentException)
        {
            throw new InvalidModelFileException(config.Path, key, pattern, "a regular expression");
        }
    }

    /// <summary>Whether it fits the whole name.</summary>
    public bool MatchesWhole(string name) => Match(_whole, name).Success;

    /// <summary>Whether it fits the whole name, or what follows one of its dots to the end.</summary>
    public bool MatchesEnd(string name) => Match(_end, name).Success;

    /// <summary>The number that is a part of the name by itself and follows a part that fits; null where there is none.</summary>
    public int? FindNumber(string name) =>
        Match(_number, name) is { Success: true } match
        && int.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private Match Match(Regex regex, string name)
    {
        try
        {
            return regex.Match(name);
        }
        catch (RegexMatchTimeoutException)
        {
            throw _config.Invalid(_key, $"patterns that are matched within {MaxTime.TotalMilliseconds} ms");
        }
    }
}
