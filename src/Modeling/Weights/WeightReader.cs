using System.Runtime.InteropServices;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Tensors;
using TorchSharp;

namespace LlmPlatform.Modeling.Weights;

/// <summary>Fills a network from the tensors of a file, whatever its format.</summary>
internal static class WeightReader
{
    /// <summary>Rows that are converted at a time.</summary>
    private const long ChunkElements = 1 << 20;

    /// <summary>
    /// Reads every parameter. A body's files are read into a model with a head and the other way round; a head that the
    /// files do not have is an error.
    /// </summary>
    /// <exception cref="InvalidModelFileException">A tensor is missing or has another shape.</exception>
    public static void Fill(PreTrainedModel model, ITensorFile file)
    {
        using IDisposable noGrad = no_grad();
        string prefix = model.BodyPrefix.Length == 0 ? "" : model.BodyPrefix + ".";
        foreach ((string name, Parameter parameter) in model.named_parameters())
        {
            using DisposeScope scope = NewDisposeScope();
            TensorInfo info = file.Require(NameInFile(file, name, prefix), parameter.shape);
            Fill(parameter, file, info);
        }
    }

    /// <summary>Reads one tensor of the same number of elements.</summary>
    public static void Fill(Tensor target, ITensorFile file, TensorInfo info)
    {
        if (info.ElementCount == 0)
        {
            return;
        }

        long step = Math.Max(1, ChunkElements / info.RowLength);
        float[] buffer = new float[Math.Min(step, info.RowCount) * info.RowLength];
        using Tensor rows = target.view(info.RowCount, info.RowLength);
        for (long first = 0; first < info.RowCount; first += step)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(step, info.RowCount - first);
            Tensor part = rows.narrow(0, first, count);
            if (info.Type == TensorType.F64)
            {
                ReadOnlySpan<byte> bytes = file.GetRowBytes(info, first, count);
                part.copy_(tensor(MemoryMarshal.Cast<byte, double>(bytes).ToArray(), [count, info.RowLength], dtype: ScalarType.Float64));
            }
            else
            {
                Span<float> values = buffer.AsSpan(0, checked((int)(count * info.RowLength)));
                file.ReadRows(info, first, count, values);
                part.copy_(tensor(values.ToArray(), [count, info.RowLength], dtype: ScalarType.Float32));
            }
        }
    }

    private static string NameInFile(ITensorFile file, string name, string prefix)
    {
        if (file.Tensors.ContainsKey(name) || prefix.Length == 0)
        {
            return name;
        }

        // A body alone: its file has no prefix, or the model has none and the file does.
        string other = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : prefix + name;
        return file.Tensors.ContainsKey(other) ? other : name;
    }
}
