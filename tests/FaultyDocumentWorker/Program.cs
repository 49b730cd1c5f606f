using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LlmPlatform.FaultyDocumentWorker;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Sandbox;

// As a parent: a pool whose child hangs, until somebody kills this process.
if (args is ["parent"])
{
    await using DocumentWorkerPool pool = new(new DocumentWorkerOptions { WorkerAssembly = typeof(FaultyParser).Assembly.Location, Spare = false });
    Console.WriteLine((await pool.ReadAsync("a", new DocumentSource("a.txt", "echo ready"u8.ToArray()), default)).Text);
    await pool.ReadAsync("a", new DocumentSource("a.txt", Encoding.UTF8.GetBytes("hang")), default);
    return 1;
}

return DocumentWorkerHost.Run(
    FaultyParser.Parse,
    _ =>
    {
        // What the parser's commands call is loaded before files are closed to the process.
        Marshal.PrelinkAll(typeof(NativeCalls));
        RuntimeHelpers.RunClassConstructor(typeof(System.Diagnostics.Process).TypeHandle);

        // A library that prints must not disturb the answers.
        Console.WriteLine("noise while loading");
    });
