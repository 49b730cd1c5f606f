namespace LlmPlatform.ModelService.Blobs;

/// <summary>
/// Bytes by their hash, for each tenant apart: nobody learns from an upload what another tenant has.
/// The store knows nothing of rows; what may be deleted is the sweep's to decide.
/// </summary>
internal interface IBlobStore
{
    /// <summary>A place to write bytes whose hash is not known yet.</summary>
    StagedBlob Stage();

    /// <summary>
    /// Makes sure that the blob is in its place: puts the staged bytes there unless they are there already. When it
    /// returns, the bytes survive a loss of power.
    /// </summary>
    void Keep(string tenant, string sha256, StagedBlob staged);

    /// <summary>Opens a blob for reading.</summary>
    /// <exception cref="FileNotFoundException">There is no such blob.</exception>
    Stream Open(string tenant, string sha256);

    /// <summary>Whether the blob is there.</summary>
    bool Exists(string tenant, string sha256);

    /// <summary>Every blob there is.</summary>
    IEnumerable<(string Tenant, string Sha256)> List();

    /// <summary>Removes a blob if it is there.</summary>
    void Delete(string tenant, string sha256);
}
