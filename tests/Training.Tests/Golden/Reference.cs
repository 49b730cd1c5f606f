using System.Text.Json.Nodes;
using LlmPlatform.Testing;

namespace LlmPlatform.Training.Tests.Golden;

/// <summary>The folders golden/training/losses and golden/training/trajectories.</summary>
internal static class Reference
{
    public const string Losses = "training/losses";
    public const string Trajectories = "training/trajectories";

    public static JsonNode Read(params string[] parts) =>
        JsonNode.Parse(File.ReadAllBytes(SharedData.Require(["golden", "training", .. parts])))!;

    /// <summary>Numbers of a file's cases, for theories; one case -1 where the reference material is missing.</summary>
    public static TheoryData<int, string> Cases(string folder, string file, Func<JsonNode, string> describe)
    {
        TheoryData<int, string> cases = [];
        if (SharedData.TryFind("golden", "training", folder, file) is not { } path)
        {
            cases.Add(-1, "no reference material");
            return cases;
        }

        JsonArray all = JsonNode.Parse(File.ReadAllBytes(path))!["cases"]!.AsArray();
        for (int i = 0; i < all.Count; i++)
        {
            cases.Add(i, describe(all[i]!));
        }

        return cases;
    }

    /// <summary>Leaves a case out, with its reason printed.</summary>
    public static void Skip(string folder, string reason)
    {
        GoldenCoverage.Count(folder, skipped: true);
        Assert.Skip(reason);
    }

    /// <summary>Numbers of nested lists, row by row.</summary>
    public static double[] Flat(JsonNode? node) => node switch
    {
        JsonArray list => [.. list.SelectMany(Flat)],
        JsonValue value => [value.GetValueKind() == System.Text.Json.JsonValueKind.String
            ? double.Parse((string)value!, System.Globalization.CultureInfo.InvariantCulture)
            : value.GetValue<double>()],
        _ => throw new ArgumentException("no number"),
    };

    public static long[] Ids(JsonNode? node) => [.. Flat(node).Select(value => (long)value)];

    public static long[] Shape(JsonNode? node) => node is JsonArray list ? [list.Count, .. list.Count == 0 ? [] : Shape(list[0])] : [];

    public static torch.Tensor Tensor(JsonNode? node, bool gradient = false)
    {
        torch.Tensor made = torch.tensor([.. Flat(node).Select(value => (float)value)], Shape(node));
        made.requires_grad = gradient;
        return made;
    }

    public static void Close(JsonNode? expected, torch.Tensor actual, double relative = 1e-5, double absolute = 1e-6) =>
        Close(Flat(expected), [.. Objectives.Scalars.All(actual).Select(value => (double)value)], relative, absolute);

    public static void Close(double[] expected, double[] actual, double relative, double absolute)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Close(expected[i], actual[i], relative, absolute, $"[{i}]");
        }
    }

    public static void Close(double expected, double actual, double relative, double absolute, string what) =>
        Assert.True(Math.Abs(expected - actual) <= absolute + (relative * Math.Abs(expected)), $"{what}: {actual:r}, expected {expected:r}");
}
