using LlmPlatform.Testing;

namespace LlmPlatform.Tokenization.Tests.ChatTemplates;

/// <summary>Goes through the cases of one row and reports all failures together.</summary>
internal sealed class GoldenRun(string folder)
{
    private readonly List<string> _failures = [];
    private readonly List<string> _skipped = [];
    private int _count;

    /// <param name="id">The case's id within the folder.</param>
    /// <param name="difference">Runs the case; what is wrong, or null.</param>
    internal void Check(string id, Func<string?> difference)
    {
        if (GoldenCoverage.MissingFeature($"{folder}/{id}") is { } missing)
        {
            GoldenCoverage.Count(folder, skipped: true);
            _skipped.Add($"{id}: {missing}");
            return;
        }

        _count++;
        GoldenCoverage.Count(folder, skipped: false);
        if (difference() is { } failure)
        {
            _failures.Add($"{id}: {failure}");
        }
    }

    internal void Finish()
    {
        if (_failures.Count > 0)
        {
            Assert.Fail($"{_failures.Count} of {_count} cases differ:\n{string.Join('\n', _failures.Take(10))}");
        }

        foreach (string skipped in _skipped)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"skipped {skipped}");
        }

        if (_count == 0)
        {
            Assert.Skip(_skipped.Count == 0 ? "no cases" : string.Join("; ", _skipped.Take(3)));
        }
    }
}
