using System.Text.Json.Nodes;
using LlmPlatform.Testing;
using LlmPlatform.Training.Objectives;

namespace LlmPlatform.Training.Tests.Golden;

/// <summary>Whole trainings, step by step: losses, metrics, norms of gradients, rates, final weights.</summary>
[Trait("Category", "Golden")]
public sealed class TrajectoryGoldenTests
{
    // Of two trainings in float32, beside what the reference itself differs by.
    private const double Rounding = 2e-6;

    public static TheoryData<string> Runs => [.. Trajectory.Names];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_step_is_the_reference_trainers(string name)
    {
        SharedData.Require("golden", "training", "trajectories");
        Trajectory run = new(name);
        if (run.Missing() is { } missing)
        {
            Reference.Skip(Reference.Trajectories, $"{name}: {missing}");
        }

        GoldenCoverage.Count(Reference.Trajectories, skipped: false);
        run.Follow();
    }

    [Fact]
    public void Accumulated_batches_end_as_the_larger_batch()
    {
        JsonNode file = Reference.Read("trajectories", "accumulation_difference.json");
        GoldenCoverage.Count(Reference.Trajectories, skipped: false);
        List<float[]> ends = [];
        foreach (JsonNode? name in file["runs"]!.AsArray())
        {
            new Trajectory((string)name!).Follow(parameters => ends.Add([.. parameters.SelectMany(parameter => Scalars.All(parameter.Values))]));
        }

        double difference = ends[0].Zip(ends[1], (a, b) => Math.Abs((double)a - b)).Max();
        Assert.True(difference <= (double)file["max_abs_difference_of_final_weights"]! + Rounding, $"{difference:g3}");
    }
}
