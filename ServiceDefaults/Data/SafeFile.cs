namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>Small files that are either the old or the new one, whenever the power goes.</summary>
internal static class SafeFile
{
    /// <summary>Writes a file that only this user can read (0600), by a temporary one that takes its name.</summary>
    public static void Write(string path, string text)
    {
        string temporary = path + ".tmp";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(temporary);
        using (FileStream stream = new(temporary, options))
        using (StreamWriter writer = new(stream))
        {
            writer.Write(text);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
