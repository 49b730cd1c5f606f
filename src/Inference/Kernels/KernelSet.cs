using System.Runtime.Intrinsics;
using LlmPlatform.Inference.Kernels.Simd;

namespace LlmPlatform.Inference.Kernels;

/// <summary>
/// The arithmetic of a network, float32 throughout, in one vector width. Every kernel adds in an order that depends only
/// on the operands' own lengths, never on how many tokens or rows are worked on together: a token gets the same bits
/// alone, in a batch, and however rows are divided among threads.
/// </summary>
internal abstract unsafe class KernelSet
{
    private const int ScratchedFloats = 1 << 15;
    private const int FewestRows = 4;
    private const int MostRows = 32;
    private const int CachedFloats = 1 << 17;
    private const int FewestTokens = 64;
    private const int MostTokens = 256;

    private static readonly (bool IsSupported, string Name, Func<KernelSet> Create)[] Paths =
    [
        (Simd512.IsSupported, Simd512.Name, () => new VectorKernels<Simd512, Vector512<float>>()),
        (Simd256.IsSupported, Simd256.Name, () => new VectorKernels<Simd256, Vector256<float>>()),
        (Simd128.IsSupported, Simd128.Name, () => new VectorKernels<Simd128, Vector128<float>>()),
        (SimdScalar.IsSupported, SimdScalar.Name, () => new VectorKernels<SimdScalar, float>()),
    ];

    /// <summary>Every path this processor runs, widest first.</summary>
    public static IReadOnlyList<KernelSet> Supported { get; } = [.. Paths.Where(path => path.IsSupported).Select(path => path.Create())];

    /// <summary>The names of the paths this processor lacks.</summary>
    public static IReadOnlyList<string> Lacking { get; } = [.. Paths.Where(path => !path.IsSupported).Select(path => path.Name)];

    /// <summary>The widest path, chosen when the process starts.</summary>
    public static KernelSet Best => Supported[0];

    /// <summary>What the path needs of the processor.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Columns [<paramref name="firstRow"/>, <paramref name="endRow"/>) of y = x w^T + bias:
    /// x [tokens, w.Columns], w [w.Rows, w.Columns], y [tokens, w.Rows].
    /// </summary>
    /// <param name="w">The weights.</param>
    /// <param name="bias">[w.Rows], or null for none.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="firstToken">First row of x and y.</param>
    /// <param name="tokens">How many rows of x and y take part.</param>
    /// <param name="y">The outputs.</param>
    /// <param name="firstRow">First row of w.</param>
    /// <param name="endRow">One after the last row of w.</param>
    /// <param name="scratch">Of at least <see cref="ScratchFloats"/>, the thread's own, 64-byte aligned.</param>
    public abstract void Multiply(
        WeightMatrix w, float* bias, NativeMatrix x, int firstToken, int tokens, NativeMatrix y, int firstRow, int endRow, float* scratch);

    /// <summary>How large the scratch of <see cref="Multiply"/> must be for rows of at most <paramref name="columns"/> weights.</summary>
    public static int ScratchFloats(int columns) => checked(Math.Max(ScratchedFloats, FewestRows * NativeMatrix.PaddedLength(columns)));

    /// <summary>How many weight rows are widened at a time: as many as fit in part of the level 2 cache.</summary>
    public static int RowsInScratch(int columns) =>
        Math.Clamp(ScratchedFloats / NativeMatrix.PaddedLength(columns) / FewestRows * FewestRows, FewestRows, MostRows);

    /// <summary>
    /// How many tokens are worked on at a time: their inputs pass by for every few rows of weights, so they shall fit in
    /// most of the level 2 cache, but be enough to be worth the widening of the weights.
    /// </summary>
    public static int TokensInCache(int columns) =>
        Math.Clamp(CachedFloats / NativeMatrix.PaddedLength(columns) / 4 * 4, FewestTokens, MostTokens);

    /// <summary>
    /// Adds an adapter's share to outputs [<paramref name="firstRow"/>, <paramref name="endRow"/>) of a layer:
    /// y = (y + scale * (up reduced + upBias)) * factor + bias.
    /// </summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="reduced">down x, [rank].</param>
    /// <param name="y">The layer's outputs, [rows].</param>
    /// <param name="firstRow">First output.</param>
    /// <param name="endRow">One after the last output.</param>
    public abstract void AddLowRank(LowRank adapter, float* reduced, float* y, int firstRow, int endRow);

    /// <summary>Row <paramref name="row"/> as floats, its padding as zeros: an embedding.</summary>
    public abstract void DecodeRow(WeightMatrix w, int row, float* destination);

    /// <summary>a += b over <paramref name="length"/> floats.</summary>
    public abstract void Add(float* a, float* b, int length);

    /// <summary>y = x / sqrt(mean(x^2) + eps) * weight; all padded. Zhang and Sennrich 2019.</summary>
    public abstract void RmsNorm(float* x, float* weight, float* y, int length, float eps);

    /// <summary>y = (x - mean) / sqrt(variance + eps) * weight + bias; all padded. Ba et al. 2016.</summary>
    public abstract void LayerNorm(float* x, float* weight, float* bias, float* y, int length, float eps);

    /// <summary>x = activation(x), padded length.</summary>
    public abstract void Activate(Activation activation, float* x, int length);

    /// <summary>gate = activation(gate) * up, padded length: the gated unit of Shazeer 2020.</summary>
    public abstract void ActivateGated(Activation activation, float* gate, float* up, int length);

    /// <summary>
    /// Rotates the pairs (i, i + half) of one head by their angles: half-split, as Llama does. Su et al. 2021.
    /// </summary>
    public abstract void Rotate(float* head, float* cos, float* sin, int half);

    /// <summary>
    /// One query over the first <paramref name="positions"/> keys: softmax(q k^T * scale) v.
    /// Blocks hold <see cref="KvLayout.BlockPositions"/> positions each: keys transposed [headDim, 16], values [16, headDim padded].
    /// </summary>
    /// <param name="query">[headDim].</param>
    /// <param name="blocks">The blocks' addresses.</param>
    /// <param name="keyOffset">Where in a block the head's keys begin, in floats.</param>
    /// <param name="valueOffset">Where in a block the head's values begin, in floats.</param>
    /// <param name="positions">Keys that the query sees; at least 1.</param>
    /// <param name="headDim">Length of a head.</param>
    /// <param name="scale">What the scores are multiplied with.</param>
    /// <param name="scores">Scratch of positions rounded up to whole blocks.</param>
    /// <param name="output">[headDim].</param>
    public abstract void Attend(
        float* query, float** blocks, nint keyOffset, nint valueOffset, int positions, int headDim, float scale, float* scores, float* output);

    /// <summary>
    /// <see cref="Attend"/> for queries that follow one another in a sequence, with the same bits; a whole group of
    /// <see cref="KvLayout.GroupQueries"/> reads keys and values once.
    /// </summary>
    /// <param name="queries">[count, headDim], <paramref name="queryStride"/> floats from one to the next.</param>
    /// <param name="queryStride">At least headDim.</param>
    /// <param name="count">Queries; at most a whole group.</param>
    /// <param name="blocks">The blocks' addresses.</param>
    /// <param name="keyOffset">Where in a block the head's keys begin, in floats.</param>
    /// <param name="valueOffset">Where in a block the head's values begin, in floats.</param>
    /// <param name="positions">Keys that the first query sees; at least 1.</param>
    /// <param name="step">How many more each further query sees: 0, or 1 where attention is causal.</param>
    /// <param name="headDim">Length of a head.</param>
    /// <param name="scale">What the scores are multiplied with.</param>
    /// <param name="scores">Scratch of <see cref="KvLayout.ScoreFloats"/> of the last query's positions.</param>
    /// <param name="outputs">[count, headDim], <paramref name="outputStride"/> floats from one to the next.</param>
    /// <param name="outputStride">At least headDim.</param>
    public abstract void AttendGroup(
        float* queries, nint queryStride, int count, float** blocks, nint keyOffset, nint valueOffset, int positions, int step, int headDim, float scale, float* scores, float* outputs, nint outputStride);
}
