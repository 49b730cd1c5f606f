using System.Runtime.InteropServices;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Tensors;
using TorchSharp;

namespace LlmPlatform.Modeling.Weights;

/// <summary>Fills a network from the tensors of a file, whatever its format.</summary>
internal static class WeightReader
{
    /// <summary>Numbers that are converted at a time.</summary>
    private const long ChunkElements = 1 << 20;

    /// <summary>
    /// Reads every parameter. The files of a body are read into a model with a head, and the other way round.
    /// </summary>
    /// <param name="model">What to fill.</param>
    /// <param name="file">The weights.</param>
    /// <param name="newHeadSeed">For a head that the file does not have: numbers by chance; null: that is an error.</param>
    /// <exception cref="InvalidModelFileException">A tensor is missing or has another shape.</exception>
    public static void Fill(PreTrainedModel model, ITensorFile file, long? newHeadSeed = null)
    {
        string prefix = model.BodyPrefix + ".";
        HashSet<string> separate = model is SentenceEmbeddingModel sentences
            ? [.. sentences.DenseLayers.SelectMany(pair => pair.Dense.parameters()).Select(parameter => NameOf(model, parameter))]
            : [];
        bool newHead = newHeadSeed is not null && IsWithoutHead(model, file, prefix);
        foreach ((string name, Parameter parameter) in model.named_parameters())
        {
            bool body = name.StartsWith(prefix, StringComparison.Ordinal);
            if (!separate.Contains(name) && (body || !newHead))
            {
                Fill(parameter, file, file.Require(NameInFile(model, file, name, prefix), parameter.shape));
            }
        }

        if (newHead)
        {
            using Generator generator = new((ulong)newHeadSeed!.Value);
            NewWeights.FillOwn(model.OutputLayer!, NewWeights.Deviation(model), generator);
        }
    }

    /// <summary>Reads one tensor of the same number of elements.</summary>
    /// <exception cref="NotSupportedException">The type cannot be turned into numbers.</exception>
    public static void Fill(Tensor target, ITensorFile file, TensorInfo info)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope outer = NewDisposeScope();
        long step = Math.Max(1, ChunkElements / Math.Max(1, info.RowLength));
        float[] buffer = new float[Math.Min(step, info.RowCount) * info.RowLength];
        Tensor rows = target.view(info.RowCount, info.RowLength);
        for (long first = 0; first < info.RowCount; first += step)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(step, info.RowCount - first);
            Tensor part = rows.narrow(0, first, count);
            if (info.Type == TensorType.F64)
            {
                double[] values = MemoryMarshal.Cast<byte, double>(file.GetRowBytes(info, first, count)).ToArray();
                part.copy_(tensor(values, [count, info.RowLength], dtype: ScalarType.Float64));
            }
            else
            {
                Span<float> values = buffer.AsSpan(0, checked((int)(count * info.RowLength)));
                file.ReadRows(info, first, count, values);
                part.copy_(tensor(values.ToArray(), [count, info.RowLength], dtype: ScalarType.Float32));
            }
        }
    }

    private static string NameOf(PreTrainedModel model, Parameter parameter) =>
        model.named_parameters().First(pair => ReferenceEquals(pair.parameter, parameter)).name;

    // Only a head of one layer can be made anew.
    private static bool IsWithoutHead(PreTrainedModel model, ITensorFile file, string prefix) =>
        model.OutputLayer is not null
        && !model.named_parameters().Any(pair => !pair.name.StartsWith(prefix, StringComparison.Ordinal) && file.Tensors.ContainsKey(pair.name));

    private static string NameInFile(PreTrainedModel model, ITensorFile file, string name, string prefix)
    {
        // The file of a body alone has no prefix; or this is a body and the file has one.
        string moved = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : prefix + name;
        return new[] { name, moved, model.OtherName(name) }.FirstOrDefault(found => found is not null && file.Tensors.ContainsKey(found)) ?? name;
    }
}
