using System.Runtime.CompilerServices;

namespace LlmPlatform.Inference.Kernels;

// Buffers are padded with zeros to a multiple of the widest vector, and every function here maps zero to zero, so there
// are no tails.
internal sealed unsafe partial class VectorKernels<TSimd, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* a, float* b, int length)
    {
        int padded = NativeMatrix.PaddedLength(length);
        for (int i = 0; i < padded; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Add(TSimd.Load(a + i), TSimd.Load(b + i)), a + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RmsNorm(float* x, float* weight, float* y, int length, float eps)
    {
        int padded = NativeMatrix.PaddedLength(length);
        TVector squares = TSimd.Zero;
        for (int i = 0; i < padded; i += TSimd.Width)
        {
            TVector value = TSimd.Load(x + i);
            squares = TSimd.MultiplyAdd(value, value, squares);
        }

        TVector inverse = TSimd.Broadcast(1 / MathF.Sqrt((TSimd.Sum(squares) / length) + eps));
        for (int i = 0; i < padded; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Multiply(TSimd.Load(weight + i), TSimd.Multiply(TSimd.Load(x + i), inverse)), y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void LayerNorm(float* x, float* weight, float* bias, float* y, int length, float eps)
    {
        int padded = NativeMatrix.PaddedLength(length);
        TVector sum = TSimd.Zero;
        for (int i = 0; i < padded; i += TSimd.Width)
        {
            sum = TSimd.Add(sum, TSimd.Load(x + i));
        }

        float average = TSimd.Sum(sum) / length;
        TVector mean = TSimd.Broadcast(average);
        TVector squares = TSimd.Zero;
        int whole = length / TSimd.Width * TSimd.Width;
        for (int i = 0; i < whole; i += TSimd.Width)
        {
            TVector difference = TSimd.Subtract(TSimd.Load(x + i), mean);
            squares = TSimd.MultiplyAdd(difference, difference, squares);
        }

        float variance = TSimd.Sum(squares);
        for (int i = whole; i < length; i++)
        {
            variance += (x[i] - average) * (x[i] - average);
        }

        TVector inverse = TSimd.Broadcast(1 / MathF.Sqrt((variance / length) + eps));
        for (int i = 0; i < padded; i += TSimd.Width)
        {
            TVector normal = TSimd.Multiply(TSimd.Subtract(TSimd.Load(x + i), mean), inverse);
            TSimd.Store(TSimd.MultiplyAdd(normal, TSimd.Load(weight + i), TSimd.Load(bias + i)), y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Activate(Activation activation, float* x, int length)
    {
        int padded = NativeMatrix.PaddedLength(length);
        for (int i = 0; i < padded; i += TSimd.Width)
        {
            TSimd.Store(Activate(activation, TSimd.Load(x + i)), x + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ActivateGated(Activation activation, float* gate, float* up, int length)
    {
        int padded = NativeMatrix.PaddedLength(length);
        for (int i = 0; i < padded; i += TSimd.Width)
        {
            TSimd.Store(TSimd.Multiply(Activate(activation, TSimd.Load(gate + i)), TSimd.Load(up + i)), gate + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Rotate(float* head, float* cos, float* sin, int half)
    {
        int i = 0;
        for (; i + TSimd.Width <= half; i += TSimd.Width)
        {
            TVector a = TSimd.Load(head + i), b = TSimd.Load(head + half + i);
            TVector c = TSimd.Load(cos + i), s = TSimd.Load(sin + i);
            TSimd.Store(TSimd.Subtract(TSimd.Multiply(a, c), TSimd.Multiply(b, s)), head + i);
            TSimd.Store(TSimd.Add(TSimd.Multiply(b, c), TSimd.Multiply(a, s)), head + half + i);
        }

        for (; i < half; i++)
        {
            float a = head[i], b = head[half + i];
            head[i] = (a * cos[i]) - (b * sin[i]);
            head[half + i] = (b * cos[i]) + (a * sin[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Activate(Activation activation, TVector x) => activation switch
    {
        Activation.Silu => Sigmoid(x, x),
        Activation.Gelu => Gelu(x),
        Activation.GeluTanh => GeluTanh(x),
        Activation.Relu => TSimd.Max(x, TSimd.Zero),
        Activation.QuickGelu => Sigmoid(TSimd.Multiply(x, TSimd.Broadcast(1.702f)), x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "not an activation"),
    };

    // numerator / (1 + exp(-x))
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sigmoid(TVector x, TVector numerator) =>
        TSimd.Divide(numerator, TSimd.Add(TSimd.Broadcast(1), Exp(TSimd.Subtract(TSimd.Zero, x))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Gelu(TVector x)
    {
        TVector erf = Erf(TSimd.Multiply(x, TSimd.Broadcast(0.70710678118654752f)));
        return TSimd.Multiply(TSimd.Multiply(x, TSimd.Broadcast(0.5f)), TSimd.Add(TSimd.Broadcast(1), erf));
    }

    // x/2 (1 + tanh(u)) with tanh(u) = 1 - 2 / (exp(2u) + 1), u = sqrt(2/pi) (x + 0.044715 x^3)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector GeluTanh(TVector x)
    {
        TVector cubic = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Multiply(x, x), TSimd.Broadcast(0.044715f)), x, x);
        TVector exponential = Exp(TSimd.Multiply(cubic, TSimd.Broadcast(2 * 0.79788456080286536f)));
        TVector half = TSimd.Divide(TSimd.Broadcast(1), TSimd.Add(exponential, TSimd.Broadcast(1)));
        return TSimd.Subtract(x, TSimd.Multiply(x, half));
    }

    // exp(x) = 2^n exp(r), n whole, |r| at most ln 2 / 2, where Taylor's series is off by 5e-9 after the seventh power. ln 2 is
    // taken off in two parts, the first of few bits, so that n times it is exact. Beyond the bounds the result is 0 (also
    // where a subnormal number would be right) or infinite; NaN stays.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exp(TVector x)
    {
        TVector lowest = TSimd.Broadcast(-88), highest = TSimd.Broadcast(88.8f), shift = TSimd.Broadcast(12582912);
        x = TSimd.SelectLess(x, lowest, lowest, TSimd.SelectLess(highest, x, highest, x));
        TVector shifted = TSimd.MultiplyAdd(x, TSimd.Broadcast(1.44269504088896341f), shift);
        TVector n = TSimd.Subtract(shifted, shift);
        TVector r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast((float)(0.693359375 - 0.69314718055994531)), r);
        TVector series = TSimd.Broadcast(1 / 5040f);
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1 / 720f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1 / 120f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1 / 24f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1 / 6f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1 / 2f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1));
        return TSimd.Multiply(series, TSimd.PowerOfTwo(shifted));
    }

    // The error function within 1e-7: its Taylor series up to 1; above, 1 - exp(-x^2) h(x), where h = exp(x^2) erfc(x) on
    // [1, 4] is a polynomial of degree 11 (Chebyshev interpolation, error 3e-9). From 4 on the float32 result is 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Erf(TVector x)
    {
        TVector magnitude = TSimd.Min(TSimd.Abs(x), TSimd.Broadcast(4));
        TVector square = TSimd.Multiply(magnitude, magnitude);

        // 2/sqrt(pi) sum (-1)^n x^(2n+1) / (n! (2n+1))
        TVector series = TSimd.Broadcast(1.4807192815879218e-8f);
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(-1.6365844691234924e-7f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1.6462114365889247e-6f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(-1.4925650358406251e-5f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1.2055332981789664e-4f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(-8.5483270234508529e-4f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(5.2239776254421879e-3f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(-2.6866170645131252e-2f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1.1283791670955126e-1f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(-3.7612638903183752e-1f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(1.1283791670955126f));
        TVector near = TSimd.Multiply(series, magnitude);

        TVector t = TSimd.Multiply(TSimd.Subtract(magnitude, TSimd.Broadcast(2.5f)), TSimd.Broadcast(1 / 1.5f));
        TVector h = TSimd.Broadcast(-3.6928723464058066e-05f);
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(9.640451520898097e-05f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(-0.0001439485982204225f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(0.00036786867249793964f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(-0.0010171177739353165f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(0.0024258851011850213f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(-0.005567332909717032f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(0.01248403568575912f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(-0.027005725289698676f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(0.05611095841163172f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(-0.11152100469538474f));
        h = TSimd.MultiplyAdd(h, t, TSimd.Broadcast(0.21080635752833896f));
        TVector far = TSimd.Subtract(TSimd.Broadcast(1), TSimd.Multiply(Exp(TSimd.Subtract(TSimd.Zero, square)), h));

        return TSimd.CopySign(TSimd.SelectLess(magnitude, TSimd.Broadcast(1), near, far), x);
    }
}
