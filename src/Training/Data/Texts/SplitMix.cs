namespace LlmPlatform.Training.Data;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, https://doi.org/10.1145/2660193.2660195): numbers that depend on the seed alone, on any
/// machine and any version of .NET.
/// </summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A generator of its own for the pair of seed and number.</summary>
    public static SplitMix For(long seed, long number)
    {
        SplitMix seeds = new((ulong)seed);
        return new SplitMix(seeds.Next() ^ new SplitMix((ulong)number).Next());
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>From 0 to below <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);
}
