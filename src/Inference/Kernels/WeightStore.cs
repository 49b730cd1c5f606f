using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Inference.Kernels;

/// <summary>Reads a network's weights and owns them.</summary>
internal sealed class WeightStore : IDisposable
{
    private readonly List<WeightMatrix> _matrices = [];
    private readonly List<NativeMatrix> _vectors = [];
    private readonly List<IAdapterWeights> _adapters = [];

    /// <summary>Bytes of all matrices.</summary>
    public long ByteLength => _matrices.Sum(matrix => matrix.ByteLength) + _adapters.Sum(adapter => adapter.ByteLength);

    /// <summary>[rows, columns], in the file's precision.</summary>
    public WeightMatrix Matrix(ITensorFile file, string name, int rows, int columns)
    {
        WeightMatrix matrix = WeightMatrix.Load(file, name, rows, columns);
        _matrices.Add(matrix);
        return matrix;
    }

    /// <summary>[1, length], in float32.</summary>
    public NativeMatrix Vector(ITensorFile file, string name, int length)
    {
        NativeMatrix vector = new(1, length);
        _vectors.Add(vector);
        file.ReadFloats(file.Require(name, length), vector.RowSpan(0));
        return vector;
    }

    /// <summary>name.weight [rows, columns] and, if there is one, name.bias [rows].</summary>
    public LinearWeights Linear(ITensorFile file, string name, int rows, int columns, bool bias) => new(
        Matrix(file, name + ".weight", rows, columns),
        bias ? Vector(file, name + ".bias", rows) : null);

    /// <summary>name.weight and name.bias [length].</summary>
    public NormWeights Norm(ITensorFile file, string name, int length) =>
        new(Vector(file, name + ".weight", length), Vector(file, name + ".bias", length));

    /// <summary>Owns an adapter's matrices from here on.</summary>
    public T Keep<T>(T adapter)
        where T : IAdapterWeights
    {
        _adapters.Add(adapter);
        return adapter;
    }

    public void Dispose()
    {
        _adapters.ForEach(adapter => adapter.Dispose());
        _matrices.ForEach(matrix => matrix.Dispose());
        _vectors.ForEach(vector => vector.Dispose());
    }
}

/// <summary>A linear layer: weights [rows, columns], a bias [1, rows] or none, and what an adapter adds, or nothing.</summary>
internal readonly record struct LinearWeights(WeightMatrix Weights, NativeMatrix? Bias, LowRank? Adapter = null)
{
    public LinearOutput Into(NativeMatrix output) => new(Weights, Bias, output, Adapter);
}

/// <summary>A norm: weight and bias, [1, length].</summary>
internal readonly record struct NormWeights(NativeMatrix Weight, NativeMatrix Bias);

/// <summary>Weights of an adapter that are held in memory.</summary>
internal interface IAdapterWeights : IDisposable
{
    /// <summary>Bytes held.</summary>
    long ByteLength { get; }
}
