using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Adapters;

/// <summary>
/// The change of one weight W [rows, columns]: scale * <see cref="Up"/> <see cref="Down"/>. For a linear layer they are B and
/// A; for an embedding the transposed A and B, so that both are the same thing to whoever uses them.
/// </summary>
public sealed class LoraMatrices
{
    private readonly float[] _delta;

    private LoraMatrices(LoraModule module, float[] up, float[] down, float[] bias, float[] magnitude)
    {
        Module = module;
        Up = up;
        Down = down;
        Bias = bias;
        Magnitude = magnitude;
        _delta = new float[module.Columns];
    }

    /// <summary>What is changed.</summary>
    public LoraModule Module { get; }

    /// <summary>[rows, rank].</summary>
    public ReadOnlyMemory<float> Up { get; }

    /// <summary>[rank, columns].</summary>
    public ReadOnlyMemory<float> Down { get; }

    /// <summary>[rows], to be scaled; empty where there is none.</summary>
    public ReadOnlyMemory<float> Bias { get; }

    /// <summary>The lengths of the rows [rows]; empty where they are not trained.</summary>
    public ReadOnlyMemory<float> Magnitude { get; }

    /// <summary>
    /// Turns a row of the base's weight, [columns], into the row with the adapter in it, all in float32 and not yet rounded
    /// to a narrower type. Not for several threads at once.
    /// </summary>
    /// <returns>What the output of this row is multiplied with because its length is trained; 1 where it is not.</returns>
    public float MergeRow(int row, Span<float> weights)
    {
        int rank = Module.Rank, columns = Module.Columns;
        ReadOnlySpan<float> up = Up.Span.Slice(row * rank, rank);
        ReadOnlySpan<float> down = Down.Span;
        Span<float> delta = _delta;
        delta.Clear();
        for (int j = 0; j < rank; j++)
        {
            float factor = up[j];
            ReadOnlySpan<float> source = down.Slice(j * columns, columns);
            for (int i = 0; i < columns; i++)
            {
                delta[i] += factor * source[i];
            }
        }

        double squares = 0;
        for (int i = 0; i < columns; i++)
        {
            weights[i] += Module.Scale * delta[i];
            squares += (double)weights[i] * weights[i];
        }

        if (Magnitude.IsEmpty)
        {
            return 1;
        }

        float length = (float)(Magnitude.Span[row] / Math.Sqrt(squares));
        for (int i = 0; i < columns; i++)
        {
            weights[i] *= length;
        }

        return length;
    }

    internal static LoraMatrices Read(ITensorFile file, LoraModule module)
    {
        float[] a = Floats(file, module.A);
        float[] b = Floats(file, module.B);
        float[] bias = module.Bias is null ? [] : Floats(file, module.Bias);
        float[] magnitude = module.Magnitude is null ? [] : Floats(file, module.Magnitude);
        return module.IsEmbedding
            ? new LoraMatrices(module, Transposed(a, module.Rank, module.Rows), Transposed(b, module.Columns, module.Rank), bias, magnitude)
            : new LoraMatrices(module, b, a, bias, magnitude);
    }

    private static float[] Floats(ITensorFile file, TensorInfo tensor)
    {
        float[] values = new float[tensor.ElementCount];
        file.ReadFloats(tensor, values);
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new InvalidModelFileException(file.Path, $"tensor {tensor.Name}", value, "finite numbers");
            }
        }

        return values;
    }

    private static float[] Transposed(float[] values, int rows, int columns)
    {
        float[] result = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = values[(row * columns) + column];
            }
        }

        return result;
    }
}
