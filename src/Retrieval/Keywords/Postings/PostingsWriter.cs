using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using LlmPlatform.Retrieval.Index.Embedded.Files;

namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>
/// Writes the file of a <see cref="PostingsSegment"/>, term by term in the order of their UTF-8 bytes. The postings go to
/// the file at once; only the dictionary and the blocks' bounds are held.
/// </summary>
internal sealed class PostingsWriter : IDisposable
{
    private readonly CacheFileWriter _file;
    private readonly List<byte> _terms = [];
    private readonly List<int> _termOffsets = [0];
    private readonly List<int> _termBlocks = [0];
    private readonly List<int> _termPoints = [];
    private readonly List<PostingsBlock> _blocks = [];
    private readonly int[] _points = new int[PostingsBlock.Size];
    private readonly int[] _counts = new int[PostingsBlock.Size];
    private readonly byte[] _bytes = new byte[PostingsBlock.MostBytes];
    private long _offset;
    private int _buffered;
    private int _before = -1;
    private int _ofTerm;
    private float _leastRatio = float.PositiveInfinity;

    public PostingsWriter(string path)
    {
        _file = new CacheFileWriter(path);
        _file.BeginSection();
    }

    /// <summary>Adds a posting of the term that <see cref="EndTerm"/> will name.</summary>
    public void Add(int point, int count, int length)
    {
        _points[_buffered] = point;
        _counts[_buffered] = count;
        // Rounded down, so that it stays a bound.
        _leastRatio = Math.Min(_leastRatio, MathF.BitDecrement((float)((double)length / count)));
        _ofTerm++;
        if (++_buffered == PostingsBlock.Size)
        {
            EndBlock();
        }
    }

    public void EndTerm(ReadOnlySpan<byte> term)
    {
        if (_ofTerm == 0)
        {
            return;
        }

        EndBlock();
        _terms.AddRange(term);
        _termOffsets.Add(_terms.Count);
        _termBlocks.Add(_blocks.Count);
        _termPoints.Add(_ofTerm);
        _ofTerm = 0;
        _before = -1;
    }

    public void Publish(int first, ReadOnlySpan<int> lengths)
    {
        Section<byte>(CollectionsMarshal.AsSpan(_terms));
        Section<int>(CollectionsMarshal.AsSpan(_termOffsets));
        Section<int>(CollectionsMarshal.AsSpan(_termBlocks));
        Section<int>(CollectionsMarshal.AsSpan(_termPoints));
        Section<PostingsBlock>(CollectionsMarshal.AsSpan(_blocks));
        Section(lengths);
        Section<int>([first]);
        _file.Publish(PostingsSegment.Kind);
    }

    public void Dispose() => _file.Dispose();

    private void Section<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        _file.BeginSection();
        _file.Write(values);
    }

    private void EndBlock()
    {
        if (_buffered == 0)
        {
            return;
        }

        ReadOnlySpan<int> points = _points.AsSpan(0, _buffered), counts = _counts.AsSpan(0, _buffered);
        int bytes = PostingsBlock.Encode(points, counts, _before, _bytes);
        _file.Write((ReadOnlySpan<byte>)_bytes.AsSpan(0, bytes));
        _before = points[^1];
        _blocks.Add(new PostingsBlock
        {
            Offset = _offset,
            Last = _before,
            Count = _buffered,
            MostCount = TensorPrimitives.Max(counts),
            LeastRatio = _leastRatio,
        });
        _offset += bytes;
        _buffered = 0;
        _leastRatio = float.PositiveInfinity;
    }
}
