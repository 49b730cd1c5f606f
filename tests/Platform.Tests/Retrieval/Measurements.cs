using System.Globalization;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>
/// Tables that a test measured: in the test's output, and where <c>LLMPLATFORM_MEASUREMENTS</c> names a folder, in a file there.
/// </summary>
internal static class Measurements
{
    public static void Write(string name, params IEnumerable<FormattableString> lines)
    {
        string text = string.Join('\n', lines.Select(line => line.ToString(CultureInfo.InvariantCulture)));
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        TestContext.Current.SendDiagnosticMessage("{0}", text);
        if (Environment.GetEnvironmentVariable("LLMPLATFORM_MEASUREMENTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, name + ".md"), text + "\n");
        }
    }
}
