using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Normalizers;

/// <summary>
/// The <c>precompiled_charsmap</c> of sentencepiece: the size of a trie in bytes (32 bits, little-endian), the trie as a
/// Darts double array (32-bit units), then the replacements, each ended by a zero byte.
/// </summary>
internal sealed class CharacterMap
{
    private const int MaxReplacementBytes = 1024;

    private readonly uint[] _units;
    private readonly byte[] _replacements;
    private readonly ConcurrentDictionary<int, int[]> _byPlace = new();

    private CharacterMap(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
        KeepsPrintableAscii = Enumerable.Range(' ', '~' - ' ' + 1).All(character => !TryMap([character], out _));
    }

    /// <summary>Whether no printable ASCII character is mapped.</summary>
    public bool KeepsPrintableAscii { get; }

    /// <summary>Reads a map; a <see cref="FormatException"/> says what is wrong with it.</summary>
    public static CharacterMap Parse(ReadOnlySpan<byte> map)
    {
        if (map.Length < sizeof(uint))
        {
            throw new FormatException($"only {map.Length} bytes");
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(map);
        map = map[sizeof(uint)..];
        if (size == 0 || size % sizeof(uint) != 0 || size > map.Length)
        {
            throw new FormatException($"a trie of {size} bytes where {map.Length} follow");
        }

        var units = new uint[size / sizeof(uint)];
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(i * sizeof(uint))..]);
        }

        return new CharacterMap(units, map[(int)size..].ToArray());
    }

    /// <summary>The replacement of the shortest beginning of a text that the map has.</summary>
    public bool TryMap(ReadOnlySpan<int> text, [NotNullWhen(true)] out int[]? replacement)
    {
        replacement = null;
        uint node = Offset(_units[0]);
        Span<byte> bytes = stackalloc byte[4];
        foreach (int codePoint in text)
        {
            foreach (byte value in bytes[..CodePoints.EncodeUtf8(codePoint, bytes)])
            {
                node ^= value;
                if (value == 0 || node >= _units.Length || (_units[node] & 0x800000FF) != value)
                {
                    return false;
                }

                uint unit = _units[node];
                node ^= Offset(unit);
                if ((unit & 0x100) != 0 && node < _units.Length)
                {
                    replacement = _byPlace.GetOrAdd((int)(_units[node] & 0x7FFFFFFF), ReadReplacement);
                    return true;
                }
            }
        }

        return false;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    private int[] ReadReplacement(int place)
    {
        if (place >= _replacements.Length)
        {
            return [];
        }

        // Real ones are short; a map without zero bytes must not make every one of them as long as itself.
        ReadOnlySpan<byte> rest = _replacements.AsSpan(place, Math.Min(_replacements.Length - place, MaxReplacementBytes));
        int end = rest.IndexOf((byte)0);
        return CodePoints.Decode(System.Text.Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]));
    }
}
