using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Training.Checkpoints;

namespace LlmPlatform.Training.Jobs;

/// <summary>
/// What another model said of the data, kept in the job's folder under a hash of all it depends on: a claim that goes on
/// from a checkpoint does not ask again.
/// </summary>
/// <param name="folder">The job's folder.</param>
/// <param name="hash">Of data, model and recipe.</param>
internal sealed class ReferenceCache(string folder, string hash)
{
    private const string Name = "values";

    private string FilePath => Path.Combine(folder, $"reference-{hash}.safetensors");

    /// <summary>The values kept, or those that are made now.</summary>
    /// <param name="count">How many there must be.</param>
    /// <param name="make">Makes them.</param>
    public float[] GetOrMake(long count, Func<float[]> make)
    {
        if (File.Exists(FilePath))
        {
            using SafetensorsFile file = SafetensorsFile.Open(FilePath);
            TensorInfo info = file.Require(Name, count);
            float[] read = new float[count];
            file.ReadFloats(info, read);
            return read;
        }

        float[] values = make();
        Directory.CreateDirectory(folder);
        using Tensor kept = tensor(values);
        TensorFiles.Write(FilePath, [(Name, kept)]);
        return values;
    }
}
