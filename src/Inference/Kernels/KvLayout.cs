namespace LlmPlatform.Inference.Kernels;

/// <summary>How keys and values lie in memory for <see cref="KernelSet.Attend"/>.</summary>
internal static class KvLayout
{
    /// <summary>Positions in a block: one vector of the widest path.</summary>
    public const int BlockPositions = 16;

    /// <summary>Queries of a whole group of <see cref="KernelSet.AttendGroup"/>.</summary>
    public const int GroupQueries = 4;

    /// <summary>Floats for the scores of a group of queries over so many positions.</summary>
    public static int ScoreFloats(int positions) => checked(GroupQueries * BlockPositions * Blocks(positions));

    /// <summary>Blocks that hold so many positions.</summary>
    public static int Blocks(int positions) => checked(positions + BlockPositions - 1) / BlockPositions;

    /// <summary>Floats of one head's keys in a block, [headDim, 16].</summary>
    public static int KeyFloats(int headDim) => headDim * BlockPositions;

    /// <summary>Floats of one head's values in a block, [16, headDim padded].</summary>
    public static int ValueFloats(int headDim) => NativeMatrix.PaddedLength(headDim) * BlockPositions;
}
