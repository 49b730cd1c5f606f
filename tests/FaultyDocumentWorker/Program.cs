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

// A confined process can load nothing more.
Marshal.PrelinkAll(typeof(NativeCalls));
return DocumentWorkerHost.Run(FaultyParser.Parse);
