using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Sandbox;
using LlmPlatform.Retrieval.Documents.Sandbox.Confinement;

namespace LlmPlatform.Retrieval.Tests.Documents.Sandbox;

/// <summary>What a child cannot do, cannot see, and that it does not outlive its parent.</summary>
public sealed partial class ConfinementTests
{
    private const string Secret = "LLMPLATFORM_TEST_SECRET";
    private const string NotPermitted = "1";

    [Fact]
    public async Task The_environment_holds_nothing_of_the_parents()
    {
        RequireLinux();
        Environment.SetEnvironmentVariable(Secret, "s3cret-value");
        await using DocumentWorkerPool pool = new();
        int process = await StartAsync(pool);
        string[] environment = Encoding.UTF8.GetString(await ReadAsync($"/proc/{process}/environ"))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(environment);
        Assert.All(environment, variable => Assert.Matches("^(DOTNET_[A-Za-z]+=[0-9A-F]+|LANG=C.UTF-8)$", variable));
        Assert.DoesNotContain("s3cret-value", string.Concat(environment), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", Encoding.UTF8.GetString(await ReadAsync($"/proc/{process}/cmdline")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_handle_is_inherited_but_the_pipes()
    {
        RequireLinux();
        string file = Path.Combine(Path.GetTempPath(), $"llmplatform-inherited-{Environment.ProcessId}");
        await File.WriteAllTextAsync(file, "of the parent", TestContext.Current.CancellationToken);

        // As a native library opens files: without O_CLOEXEC.
        int handle = Open(file, 0);
        try
        {
            Assert.True(handle > 2);
            await using DocumentWorkerPool pool = new();
            int process = await StartAsync(pool);
            string[] targets = [.. Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
                .Select(entry => new FileInfo(entry).LinkTarget ?? "")];
            Assert.DoesNotContain(file, targets);
            Assert.DoesNotContain(targets, target => target.StartsWith("socket:", StringComparison.Ordinal));

            // The runtime makes pipes for itself; three are those that the parent holds the other ends of.
            IEnumerable<string> own = Directory.EnumerateFileSystemEntries("/proc/self/fd")
                .Select(entry => new FileInfo(entry).LinkTarget ?? "");
            Assert.Equal(3, targets.Where(target => target.StartsWith("pipe:", StringComparison.Ordinal)).Intersect(own).Count());
        }
        finally
        {
            _ = Close(handle);
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_kernel_knows_that_it_is_confined()
    {
        RequireFilter();
        await using DocumentWorkerPool pool = new();
        int process = await StartAsync(pool);
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            string[] status = await File.ReadAllLinesAsync($"{thread}/status", TestContext.Current.CancellationToken);
            Assert.Contains("NoNewPrivs:\t1", status);
            Assert.Contains("Seccomp:\t2", status);
            string stat = await File.ReadAllTextAsync($"{thread}/stat", TestContext.Current.CancellationToken);
            int nice = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(nice >= 10, $"nice {nice} in {thread}");
        }

        string limits = await File.ReadAllTextAsync($"/proc/{process}/limits", TestContext.Current.CancellationToken);
        Assert.Matches("Max file size +0 +0 ", limits);
        Assert.Matches("Max core file size +0 +0 ", limits);
        Assert.Matches("Max data size +536870912 +536870912 ", limits);
        Assert.Equal("1000", (await File.ReadAllTextAsync($"/proc/{process}/oom_score_adj", TestContext.Current.CancellationToken)).Trim());
    }

    [Theory]
    [InlineData("read-file")]
    [InlineData("write-file")]
    [InlineData("mkdir")]
    [InlineData("unlink")]
    [InlineData("socket")]
    [InlineData("unix-socket")]
    [InlineData("execute")]
    [InlineData("fork")]
    [InlineData("kill-init")]
    public async Task The_kernel_refuses(string call)
    {
        RequireFilter();
        Assert.Equal(NotPermitted, await CallAsync(call));
    }

    [Fact]
    public async Task The_kernel_refuses_every_call_of_the_list_and_no_others()
    {
        RequireFilter();
        bool x64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options);
        foreach (RefusedCalls.Call call in RefusedCalls.All)
        {
            int number = x64 ? call.X64 : call.Arm64;
            if (number >= 0)
            {
                Assert.True((await pool.ReadAsync($"call {number}")).Text == NotPermitted, $"{call.Name} is not refused");
            }
        }

        Assert.Equal("done", (await pool.ReadAsync("call kill-self")).Text);
        Assert.Equal("done", (await pool.ReadAsync($"call {(x64 ? 39 : 172)}")).Text); // getpid

        // clone3: as if the kernel did not have it.
        Assert.Equal("38", (await pool.ReadAsync("call 435")).Text);
        if (x64)
        {
            Assert.Equal(NotPermitted, (await pool.ReadAsync($"call {0x40000000 + 39}")).Text);
        }
    }

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void Every_jump_of_the_filter_stays_within_it(Architecture architecture)
    {
        SystemCallFilter.Instruction[] program = SystemCallFilter.Build(architecture, 1)!;
        Assert.InRange(program.Length, 100, 4096);
        for (int i = 0; i < program.Length; i++)
        {
            Assert.True(i + 1 + Math.Max(program[i].JumpIfTrue, program[i].JumpIfFalse) < program.Length || program[i].Code == 6);
        }

        Assert.Equal(6, program[^1].Code);
        Assert.Null(SystemCallFilter.Build(Architecture.X86, 1));
        Assert.Equal(RefusedCalls.All.Length, RefusedCalls.All.Select(call => call.Name).Distinct().Count());
        IEnumerable<int> numbers = RefusedCalls.All.Select(call => architecture == Architecture.X64 ? call.X64 : call.Arm64)
            .Where(number => number >= 0);
        Assert.Equal(numbers.Count(), numbers.Distinct().Count());
    }

    [Fact]
    public async Task Reading_documents_does_not_even_try_to_open_anything()
    {
        RequireFilter();
        await using DocumentWorkerPool pool = new();
        int process = await StartAsync(pool);
        string log = Path.Combine(Path.GetTempPath(), $"llmplatform-strace-{process}");
        using Process? strace = StartStrace(process, log);
        if (strace is null)
        {
            Assert.Skip("strace is not to be had");
        }

        try
        {
            // Attached when it says so.
            string? line = await strace.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line is null || !line.Contains("attached", StringComparison.Ordinal))
            {
                Assert.Skip($"strace cannot attach: {line}");
            }

            foreach (DocumentSource source in SmallDocuments.All())
            {
                ParsedDocument document = await pool.ReadAsync("a", source, TestContext.Current.CancellationToken);
                Assert.NotEmpty(document.Blocks);
            }

            await pool.DisposeAsync();
            await strace.WaitForExitAsync(TestContext.Current.CancellationToken);
            string[] lines = await File.ReadAllLinesAsync(log, TestContext.Current.CancellationToken);
            Assert.Contains(lines, line => line.Contains("write(", StringComparison.Ordinal));

            // The runtime itself looks at processors and memory and names its threads; it does without the files.
            string[] tries = [.. lines.Where(line => line.Contains("EPERM", StringComparison.Ordinal) || ForbiddenCall().IsMatch(line))];
            Assert.DoesNotContain(tries, line => !RuntimesLook().IsMatch(line));
            Assert.All(tries, line => Assert.Contains("EPERM", line, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(log);
        }
    }

    [Fact]
    public async Task A_child_ends_with_its_parent_also_amid_the_work()
    {
        RequireLinux();
        ProcessStartInfo start = DocumentWorkerProgram.StartInfo(FaultyWorkers.Options);
        start.ArgumentList.Add("parent");
        using Process parent = Process.Start(start)!;
        Assert.Equal("ready", await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        int child = Assert.Single(Children(parent.Id));
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.True(FaultyWorkers.Runs(child));
        parent.Kill();
        await FaultyWorkers.EndsAsync(child, TimeSpan.FromSeconds(2));
    }

    private static async Task<int> StartAsync(DocumentWorkerPool pool)
    {
        List<int> processes = pool.NoteProcesses();
        ParsedDocument document = await pool.ReadAsync(
            "a", new DocumentSource("a.txt", "Some words."u8.ToArray()), TestContext.Current.CancellationToken);
        Assert.Equal("Some words.", document.Text.Trim());
        return processes[0];
    }

    private static async Task<string> CallAsync(string call)
    {
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options);
        return (await pool.ReadAsync($"call {call}")).Text;
    }

    private static async Task<byte[]> ReadAsync(string path) =>
        await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

    private static Process? StartStrace(int process, string log)
    {
        try
        {
            ProcessStartInfo start = new("strace") { RedirectStandardError = true };
            foreach (string argument in new[] { "-f", "-p", $"{process}", "-o", log })
            {
                start.ArgumentList.Add(argument);
            }

            return Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static IEnumerable<int> Children(int parent) => Process.GetProcesses()
        .Select(process => process.Id)
        .Where(id => File.Exists($"/proc/{id}/stat")
            && File.ReadAllText($"/proc/{id}/stat") is { } stat
            && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{parent}");

    private static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("looks at /proc");
        }
    }

    private static void RequireFilter()
    {
        RequireLinux();
        if (SystemCallFilter.Build(RuntimeInformation.ProcessArchitecture, 1) is null)
        {
            Assert.Skip($"no filter of system calls for {RuntimeInformation.ProcessArchitecture}");
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex("""\b(open|openat|openat2|creat|socket|connect|bind|execve|fork|vfork|unlink|unlinkat|rename|renameat|mkdir|mkdirat)\(""")]
    private static partial System.Text.RegularExpressions.Regex ForbiddenCall();

    [System.Text.RegularExpressions.GeneratedRegex("""openat\(AT_FDCWD, "/(sys/devices/system/cpu/|sys/fs/cgroup/|proc/stat"|proc/meminfo"|proc/self/)""")]
    private static partial System.Text.RegularExpressions.Regex RuntimesLook();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
