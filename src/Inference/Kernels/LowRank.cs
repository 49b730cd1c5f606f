namespace LlmPlatform.Inference.Kernels;

/// <summary>
/// What a low-rank adapter adds to a linear layer: y = (W x + scale * (up (down x) + upBias)) * factor + bias, where the
/// factor is that of DoRA. With few ranks it costs little beside W.
/// </summary>
internal sealed unsafe class LowRank : IAdapterWeights
{
    // A vector that begins in a row's last floats reads beyond it.
    private const int Slack = 16;

    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="rank">Rank.</param>
    /// <param name="up">[rows, rank].</param>
    /// <param name="down">[rank, columns].</param>
    /// <param name="upBias">[rows], or empty for none.</param>
    /// <param name="factor">[rows], or empty for none.</param>
    /// <param name="bias">The layer's own bias where there are factors, which do not apply to it; [rows], or empty for none.</param>
    /// <param name="scale">The scale.</param>
    public LowRank(
        int rows, int columns, int rank, ReadOnlySpan<float> up, ReadOnlySpan<float> down, ReadOnlySpan<float> upBias, ReadOnlySpan<float> factor, ReadOnlySpan<float> bias, float scale)
    {
        Rank = rank;
        Scale = scale;
        Down = WeightMatrix.FromFloats(rank, columns, down);
        Up = new NativeMatrix(rank, rows + Slack);
        for (int row = 0; row < rows; row++)
        {
            for (int j = 0; j < rank; j++)
            {
                Up.Row(j)[row] = up[(row * rank) + j];
            }
        }

        UpBias = Vector(upBias);
        Factor = Vector(factor);
        Bias = factor.IsEmpty ? null : Vector(bias.IsEmpty ? new float[rows] : bias);
    }

    public int Rank { get; }

    public float Scale { get; }

    /// <summary>[rank, columns].</summary>
    public WeightMatrix Down { get; }

    /// <summary>Transposed, [rank, rows and slack]: a vector holds neighbouring outputs.</summary>
    public NativeMatrix Up { get; }

    /// <summary>[1, rows and slack], or null.</summary>
    public NativeMatrix? UpBias { get; }

    /// <summary>[1, rows and slack], or null.</summary>
    public NativeMatrix? Factor { get; }

    /// <summary>[1, rows and slack] where there is a <see cref="Factor"/>; added after it, so the layer must not add its own.</summary>
    public NativeMatrix? Bias { get; }

    /// <summary>Bytes held.</summary>
    public long ByteLength => Down.ByteLength + ((long)Up.Rows * Up.Stride * sizeof(float));

    public void Dispose()
    {
        Down.Dispose();
        Up.Dispose();
        UpBias?.Dispose();
        Factor?.Dispose();
        Bias?.Dispose();
    }

    private static NativeMatrix? Vector(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return null;
        }

        NativeMatrix vector = new(1, values.Length + Slack);
        values.CopyTo(vector.RowSpan(0));
        return vector;
    }
}
