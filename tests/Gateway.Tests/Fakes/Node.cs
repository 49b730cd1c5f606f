using System.Diagnostics;
using LlmPlatform.Testing;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>Runs the scripts for Node, where Node and the official client are installed.</summary>
internal static class Node
{
    /// <summary>What the script printed; the test is skipped where it cannot run.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        string folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Platform.Tests", "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
        {
            Assert.Skip("the npm package openai is not installed in tests/Platform.Tests/node (npm ci)");
        }

        ProcessStartInfo start = new("node", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        Process node;
        try
        {
            node = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            Assert.Skip($"node cannot be started: {exception.Message}");
            throw;
        }

        using (node)
        {
            Task<string> errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await node.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(node.ExitCode == 0, await errors);
            return output;
        }
    }
}
