namespace LlmPlatform.ModelService.Blobs;

/// <summary>Tells a full disk from other failures.</summary>
internal static class DiskFull
{
    private const int NoSpaceLeftOnDevice = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static bool Is(IOException exception) =>
        exception.HResult is NoSpaceLeftOnDevice or QuotaExceeded or WindowsDiskFull;
}
