namespace LlmPlatform.Hub.Architectures;

/// <summary>How rotary angles are stretched to longer contexts.</summary>
public enum RopeType
{
    /// <summary>Not at all.</summary>
    Default,

    /// <summary>Positions divided by the factor.</summary>
    Linear,

    /// <summary>The base grows with the longest position of the call (NTK).</summary>
    Dynamic,

    /// <summary>Llama 3.1: long wavelengths divided, short ones kept, a ramp between.</summary>
    Llama3,

    /// <summary>YaRN (arXiv 2309.00071).</summary>
    Yarn,

    /// <summary>LongRoPE (arXiv 2402.13753): a divisor for each pair.</summary>
    LongRope,
}
