using System.Diagnostics;
using System.Text.Json;
using LlmPlatform.Hub.Gguf;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Testing;

namespace LlmPlatform.Hub.Tests.Golden;

/// <summary>Good and damaged files, with the verdicts of the reference readers (golden/quantization/bad-files.json).</summary>
[Trait("Category", "Golden")]
public class BadFilesTests
{
    private const long MaxAllocatedBytes = 1 << 20;

    public static TheoryData<string, string> Files()
    {
        TheoryData<string, string> files = [];
        if (SharedData.TryFind("golden", "quantization", "bad-files.json") is { } list)
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(list));
            foreach (JsonElement entry in document.RootElement.EnumerateArray())
            {
                files.Add(entry.GetProperty("file").GetString()!, entry.GetProperty("verdict").GetString()!);
            }
        }

        return files.Count > 0 ? files : new TheoryData<string, string> { { "", "" } };
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_judged_as_the_reference_judges_it(string file, string verdict)
    {
        string path = SharedData.Require("golden", "quantization", "bad-files", file);
        GoldenCoverage.Count("quantization/bad-files", skipped: false);
        Open(path); // The first call compiles.

        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        InvalidModelFileException? refusal = Open(path);
        watch.Stop();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        if (verdict == "accept")
        {
            Assert.Null(refusal);
        }
        else if (verdict == "reject")
        {
            Assert.NotNull(refusal);
            Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
            Assert.Contains("expected", refusal.Message, StringComparison.Ordinal);
        }

        Assert.InRange(allocated, 0, MaxAllocatedBytes);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static InvalidModelFileException? Open(string path)
    {
        try
        {
            using ITensorFile file = path.EndsWith(".gguf", StringComparison.Ordinal) ? GgufFile.Open(path) : SafetensorsFile.Open(path);
            foreach (TensorInfo tensor in file.Tensors.Values)
            {
                Assert.Equal(tensor.ByteLength, file.GetBytes(tensor).Length);
            }

            return null;
        }
        catch (InvalidModelFileException e)
        {
            return e;
        }
    }
}
