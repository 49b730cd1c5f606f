using LlmPlatform.Retrieval.Index.Embedded.Files;

namespace LlmPlatform.Retrieval.Index.Embedded.Vectors;

/// <summary>
/// The vectors of a run of ordinals, in a memory-mapped file: rows of 8-bit numbers [count, padded dimensions] that are
/// scanned, their scales [count], and the float32 vectors [count, dimensions] that the best are scored with again.
/// </summary>
internal sealed unsafe class VectorSegment : IDisposable
{
    /// <summary>"VECT"</summary>
    public const uint Kind = 0x54434556;

    private const int Rows = 0, ScalesSection = 1, Vectors = 2, Shape = 3;
    private readonly CacheFile _file;
    private readonly int _dimensions;
    private readonly sbyte* _rows;
    private readonly float* _vectors;

    private VectorSegment(CacheFile file)
    {
        _file = file;
        int* shape = file.Section<int>(Shape);
        First = shape[0];
        Count = shape[1];
        _dimensions = shape[2];
        Padded = Quantizer.Padded(_dimensions);
        _rows = file.Section<sbyte>(Rows);
        Scales = file.Section<float>(ScalesSection);
        _vectors = file.Section<float>(Vectors);
    }

    /// <summary>The first ordinal.</summary>
    public int First { get; }

    /// <summary>Number of ordinals.</summary>
    public int Count { get; }

    /// <summary>Length of a row.</summary>
    public int Padded { get; }

    /// <summary>What 1 is in each row.</summary>
    public float* Scales { get; }

    public string Path => _file.Path;

    /// <summary>Opens a segment; null when its file is missing, damaged, or of vectors of another length.</summary>
    public static VectorSegment? TryOpen(string path, int dimensions)
    {
        if (CacheFile.TryOpen(path, Kind, sections: 4) is not { } file)
        {
            return null;
        }

        VectorSegment segment = new(file);
        if (segment._dimensions == dimensions)
        {
            return segment;
        }

        file.Dispose();
        return null;
    }

    public sbyte* RowAt(int index) => _rows + ((long)index * Padded);

    public ReadOnlySpan<float> VectorAt(int index) => new(_vectors + ((long)index * _dimensions), _dimensions);

    /// <summary>Writes the file of a segment.</summary>
    /// <param name="path">The file.</param>
    /// <param name="first">The first ordinal.</param>
    /// <param name="count">Number of ordinals.</param>
    /// <param name="dimensions">Length of a vector.</param>
    /// <param name="vectorAt">The vector of each index; called twice. Empty for points that are not there any more.</param>
    public static void Write(string path, int first, int count, int dimensions, VectorSource vectorAt)
    {
        using CacheFileWriter file = new(path);
        float[] scales = new float[count];
        sbyte[] row = new sbyte[Quantizer.Padded(dimensions)];
        float[] nothing = new float[dimensions];
        file.BeginSection();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> vector = vectorAt(i);
            scales[i] = Quantizer.Row(vector.IsEmpty ? nothing : vector, row);
            file.Write<sbyte>(row);
        }

        file.BeginSection();
        file.Write<float>(scales);
        file.BeginSection();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> vector = vectorAt(i);
            file.Write(vector.IsEmpty ? nothing : vector);
        }

        file.BeginSection();
        file.Write<int>([first, count, dimensions]);
        file.Publish(Kind);
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Gives the vector of an index.</summary>
internal delegate ReadOnlySpan<float> VectorSource(int index);
