using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Training.Optimization;
using LlmPlatform.TrainingContracts.Checkpoints;

namespace LlmPlatform.Training.Checkpoints;

/// <summary>
/// All that a training is at a step: weights, moments, the state of the random generator, position, sums. A run that goes
/// on from it does what the run that wrote it would have done, bit for bit.
/// </summary>
/// <param name="parameters">What is trained.</param>
/// <param name="generator">Where dropout draws from; null: nothing is drawn.</param>
internal sealed class Checkpoint(IReadOnlyList<TrainedParameter> parameters, Generator? generator)
{
    private const string StateFile = "state.json";
    private const string WeightsFile = "weights.safetensors";
    private const string OptimizerFile = "optimizer.safetensors";
    private const string GeneratorFile = "generator.safetensors";
    private const string GeneratorState = "state";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads only what is no tensor.</summary>
    /// <exception cref="InvalidModelFileException">It is damaged.</exception>
    public static CheckpointState ReadState(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<CheckpointState>(File.ReadAllText(Path.Combine(path, StateFile)), Options)
                ?? throw new JsonException("null");
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidModelFileException($"{StateFile} of the checkpoint {Path.GetFileName(path)} is missing or damaged", exception);
        }
    }

    /// <summary>Writes a checkpoint, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    public StoredCheckpoint Write(string folder, CheckpointState state) => LocalCheckpointStore.Write(folder, state.Position.Step, path =>
    {
        TensorFiles.Write(Path.Combine(path, WeightsFile), Weights());
        TensorFiles.Write(Path.Combine(path, OptimizerFile), Moments());
        if (generator is not null)
        {
            using Tensor bytes = generator.get_state();
            TensorFiles.Write(Path.Combine(path, GeneratorFile), [(GeneratorState, bytes)]);
        }

        using FileStream stream = new(Path.Combine(path, StateFile), FileMode.CreateNew);
        JsonSerializer.Serialize(stream, state, Options);
        stream.Flush(flushToDisk: true);
    });

    /// <summary>Puts weights, moments and generator back.</summary>
    /// <exception cref="InvalidModelFileException">It is damaged or of another model.</exception>
    public void Restore(string path)
    {
        TensorFiles.Read(Path.Combine(path, WeightsFile), Weights());
        TensorFiles.Read(Path.Combine(path, OptimizerFile), Moments());
        using IDisposable noGrad = no_grad();
        foreach (TrainedParameter parameter in parameters)
        {
            parameter.Publish();
        }

        if (generator is not null)
        {
            using Tensor bytes = TensorFiles.ReadOne(Path.Combine(path, GeneratorFile), GeneratorState);
            generator.set_state(bytes);
        }
    }

    private IEnumerable<(string Name, Tensor Values)> Weights() => parameters.Select(parameter => (parameter.Name, parameter.Values));

    private IEnumerable<(string Name, Tensor Values)> Moments() => parameters.SelectMany(parameter => new[]
    {
        ($"exp_avg.{parameter.Name}", parameter.FirstMoment),
        ($"exp_avg_sq.{parameter.Name}", parameter.SecondMoment),
    });
}
