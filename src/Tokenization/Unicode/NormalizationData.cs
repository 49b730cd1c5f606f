using System.Globalization;

namespace LlmPlatform.Tokenization.Unicode;

/// <summary>
/// Decompositions, compositions and combining classes (<c>Data/Decompositions.txt</c>). .NET has them only with ICU, which
/// this platform does without; the reference's are those of Unicode 9.0.
/// </summary>
internal sealed class NormalizationData
{
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int LeadCount = 19;
    private const int SyllableCount = LeadCount * VowelCount * TrailCount;

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatibility = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];
    private readonly Dictionary<int, int> _classes = [];

    private NormalizationData()
    {
        foreach (string line in UnicodeDataFile.ReadLines("Decompositions.txt"))
        {
            if (line[0] == '@')
            {
                ReadClass(line);
            }
            else
            {
                ReadDecomposition(line.Split(' '));
            }
        }
    }

    public static NormalizationData Instance => LazyInstance.Value;

    private static Lazy<NormalizationData> LazyInstance { get; } = new(() => new NormalizationData());

    /// <summary>The canonical combining class; 0 for characters that stand by themselves.</summary>
    public int CombiningClass(int codePoint) => codePoint < 0x300 ? 0 : _classes.GetValueOrDefault(codePoint);

    /// <summary>Appends the full decomposition of a character.</summary>
    public void Decompose(int codePoint, bool compatibility, List<int> parts)
    {
        if (codePoint < 0x80)
        {
            parts.Add(codePoint);
        }
        else if (codePoint is >= SyllableBase and < SyllableBase + SyllableCount)
        {
            int index = codePoint - SyllableBase;
            parts.Add(LeadBase + (index / (VowelCount * TrailCount)));
            parts.Add(VowelBase + (index / TrailCount % VowelCount));
            if (index % TrailCount != 0)
            {
                parts.Add(TrailBase + (index % TrailCount));
            }
        }
        else if (_canonical.TryGetValue(codePoint, out int[]? step)
            || (compatibility && _compatibility.TryGetValue(codePoint, out step)))
        {
            foreach (int part in step)
            {
                Decompose(part, compatibility, parts);
            }
        }
        else
        {
            parts.Add(codePoint);
        }
    }

    /// <summary>The character that two make together.</summary>
    public bool TryCompose(int first, int second, out int composed)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
        {
            composed = SyllableBase + ((((first - LeadBase) * VowelCount) + second - VowelBase) * TrailCount);
            return true;
        }

        if (first is >= SyllableBase and < SyllableBase + SyllableCount && (first - SyllableBase) % TrailCount == 0
            && second is > TrailBase and < TrailBase + TrailCount)
        {
            composed = first + second - TrailBase;
            return true;
        }

        return _compositions.TryGetValue((first, second), out composed);
    }

    private static int ParseHex(string number) => int.Parse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private void ReadClass(string line)
    {
        (string name, CodePointSet set) = UnicodeDataFile.ReadSet(line);
        int combiningClass = int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture);
        foreach ((int first, int last) in set.Ranges)
        {
            for (int codePoint = first; codePoint <= last; codePoint++)
            {
                _classes[codePoint] = combiningClass;
            }
        }
    }

    private void ReadDecomposition(string[] fields)
    {
        int codePoint = ParseHex(fields[0]);
        int[] parts = [.. fields.Skip(2).Select(ParseHex)];
        if (fields[1] == "~")
        {
            _compatibility[codePoint] = parts;
            return;
        }

        _canonical[codePoint] = parts;
        if (fields[1] == "=" && parts.Length == 2)
        {
            _compositions[(parts[0], parts[1])] = codePoint;
        }
    }
}
