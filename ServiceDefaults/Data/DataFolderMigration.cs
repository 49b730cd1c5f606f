namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>One step from a schema version of the data folder to the next.</summary>
/// <param name="FromVersion">The version it starts from; it ends at the next one.</param>
/// <param name="Description">What changes, for the log and for errors.</param>
/// <param name="Apply">Changes the folder at the given path. Runs again from the start after a crash, so it must bear that.</param>
public sealed record DataFolderMigration(int FromVersion, string Description, Action<string> Apply);
