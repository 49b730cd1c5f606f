using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies a 64-bit little-endian ELF file and marks one needed symbol version as weak (VER_FLG_WEAK in vna_flags of its
/// entry in SHT_GNU_verneed), so that the dynamic linker only warns where a library does not have it.
/// Layout: https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html.
/// </summary>
public class WeakSymbolVersion : Task
{
    private const uint SectionVersionNeed = 0x6ffffffe;
    private const ushort FlagWeak = 2;

    /// <summary>The file to copy.</summary>
    [Required]
    public string Source { get; set; }

    /// <summary>The copy; its folder is made.</summary>
    [Required]
    public string Destination { get; set; }

    /// <summary>The version to mark. A file that does not need it is copied as it is.</summary>
    [Required]
    public string SymbolVersion { get; set; }

    /// <inheritdoc/>
    public override bool Execute()
    {
        byte[] file = File.ReadAllBytes(Source);
        try
        {
            int marked = Mark(file);
            Log.LogMessage(MessageImportance.Low, $"{Source}: {marked} needed versions {SymbolVersion} marked as weak");
        }
        catch (Exception e) when (e is ArgumentException || e is InvalidDataException || e is OverflowException)
        {
            Log.LogError($"{Source} cannot be read as an ELF file: {e.Message}");
            return false;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Destination)));
        string temporary = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, file);
        if (File.Exists(Destination))
        {
            File.Delete(Destination);
        }

        File.Move(temporary, Destination);
        return true;
    }

    private int Mark(byte[] file)
    {
        if (file.Length < 64 || file[0] != 0x7f || file[1] != 'E' || file[2] != 'L' || file[3] != 'F' || file[4] != 2 || file[5] != 1)
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        long sections = BitConverter.ToInt64(file, 40);
        int sectionSize = BitConverter.ToUInt16(file, 58);
        int sectionCount = BitConverter.ToUInt16(file, 60);
        int marked = 0;
        for (int i = 0; i < sectionCount; i++)
        {
            int section = checked((int)(sections + ((long)i * sectionSize)));
            if (BitConverter.ToUInt32(file, section + 4) == SectionVersionNeed)
            {
                int names = checked((int)(sections + ((long)BitConverter.ToUInt32(file, section + 40) * sectionSize)));
                int need = checked((int)BitConverter.ToInt64(file, section + 24));
                marked += MarkSection(file, need, checked((int)BitConverter.ToInt64(file, names + 24)));
            }
        }

        return marked;
    }

    // A verneed: version (2), count (2), file (4), first vernaux (4), next verneed (4); a vernaux: hash (4), flags (2),
    // other (2), name (4), next vernaux (4). Distances count from the entry itself; 0 ends the list.
    private int MarkSection(byte[] file, int need, int names)
    {
        int marked = 0;
        for (int next = -1; next != 0; need = checked(need + next))
        {
            int entry = checked(need + (int)BitConverter.ToUInt32(file, need + 8));
            for (int left = BitConverter.ToUInt16(file, need + 2); left > 0; left--)
            {
                if (Text(file, checked(names + (int)BitConverter.ToUInt32(file, entry + 8))) == SymbolVersion)
                {
                    file[entry + 4] |= (byte)FlagWeak;
                    marked++;
                }

                entry = checked(entry + (int)BitConverter.ToUInt32(file, entry + 12));
            }

            next = checked((int)BitConverter.ToUInt32(file, need + 12));
        }

        return marked;
    }

    private static string Text(byte[] file, int start)
    {
        int end = Array.IndexOf(file, (byte)0, start);
        return Encoding.ASCII.GetString(file, start, (end < 0 ? file.Length : end) - start);
    }
}
