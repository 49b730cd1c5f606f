using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.FaultyDocumentWorker;

/// <summary>Takes the document for a command: "hang", "objects", "native" and so on.</summary>
internal static unsafe class FaultyParser
{
    private static int _documents;

    internal static ParsedDocument Parse(DocumentSource source, DocumentLimits limits)
    {
        _documents++;
        string[] command = Encoding.UTF8.GetString(source.Bytes.Span).Split(' ', 2);
        string argument = command.Length > 1 ? command[1] : "";
        return command[0] switch
        {
            "echo" => Text(argument),
            "name" => Text($"{source.Filename} {source.Password ?? "(none)"}"),
            "documents" => Text(_documents.ToString(CultureInfo.InvariantCulture)),
            "refuse" => throw new DocumentException(DocumentErrors.Encrypted, "a password is needed"),
            "throw" => throw new InvalidOperationException("secret text of the document"),
            "hang" => Hang(),
            "objects" => Objects(),
            "native" => Native(),
            "overflow" => Text(Overflow(1).ToString(CultureInfo.InvariantCulture)),
            "abort" => Abort(),
            "exit" => Exit(),
            "noise" => Noise(),
            "garbage" => Garbage(argument),
            "lie" => Lie(),
            "call" => Text(Call(argument)),
            _ => throw new DocumentException(DocumentErrors.UnsupportedType, $"no command {command[0]}"),
        };
    }

    private static ParsedDocument Text(string text) => new()
    {
        Kind = DocumentKinds.Text,
        Text = text,
        Blocks = [new DocumentBlock { Kind = BlockKind.Paragraph, Start = 0, End = text.Length }],
    };

    private static ParsedDocument Hang()
    {
        while (true)
        {
            Thread.SpinWait(1000);
        }
    }

    private static ParsedDocument Objects()
    {
        List<byte[]> all = [];
        while (true)
        {
            byte[] one = new byte[1 << 20];
            Array.Fill(one, (byte)1);
            all.Add(one);
        }
    }

    private static ParsedDocument Native()
    {
        while (true)
        {
            new Span<byte>(NativeMemory.Alloc(1 << 20), 1 << 20).Fill(1);
        }
    }

    private static int Overflow(int depth) => depth == 0 ? 0 : Overflow(depth + 1) + 1;

    private static ParsedDocument Abort()
    {
        NativeCalls.Abort();
        return Text("");
    }

    private static ParsedDocument Exit()
    {
        Environment.Exit(7);
        return Text("");
    }

    private static ParsedDocument Noise()
    {
        Console.WriteLine("noise through the console");
        byte[] noise = "noise through the handle\n"u8.ToArray();
        fixed (byte* bytes = noise)
        {
            NativeCalls.Write(1, bytes, noise.Length);
        }

        return Text("quiet");
    }

    // Bytes past the protocol: the answers' handle is the first one behind the pipes that can be written.
    private static ParsedDocument Garbage(string hexadecimal)
    {
        byte[] garbage = Convert.FromHexString(hexadecimal);
        fixed (byte* bytes = garbage)
        {
            for (int handle = 3; handle < 256; handle++)
            {
                if (new FileInfo($"/proc/self/fd/{handle}").LinkTarget is { } target
                    && target.StartsWith("pipe:", StringComparison.Ordinal)
                    && target != new FileInfo("/proc/self/fd/2").LinkTarget)
                {
                    NativeCalls.Write(handle, bytes, garbage.Length);
                }
            }
        }

        return Hang();
    }

    private static ParsedDocument Lie() => Text("short") with
    {
        Blocks = [new DocumentBlock { Kind = BlockKind.Paragraph, Start = 0, End = 1000 }],
    };

    private static string Call(string name)
    {
        string folder = Path.GetTempPath();
        string path = Path.Combine(folder, $"llmplatform-sandbox-{Environment.ProcessId}");
        nint result = name switch
        {
            "read-file" => NativeCalls.Open("/etc/hostname", 0, 0),
            "write-file" => NativeCalls.Open(path, 0x41, 0x1ff),
            "mkdir" => NativeCalls.MakeDirectory(path, 0x1ff),
            "unlink" => NativeCalls.Unlink(path),
            "socket" => NativeCalls.Socket(2, 1, 0),
            "unix-socket" => NativeCalls.Socket(1, 1, 0),
            "execute" => NativeCalls.Execute("/bin/true", 0),
            "fork" => NativeCalls.Fork(),
            "kill-init" => NativeCalls.Kill(1, 0),
            "kill-self" => NativeCalls.Kill(Environment.ProcessId, 0),
            _ => NativeCalls.SystemCall(nint.Parse(name, CultureInfo.InvariantCulture), 0, 0, 0),
        };
        int error = Marshal.GetLastPInvokeError();
        if (name == "fork" && result == 0)
        {
            NativeCalls.Abort();
        }

        return result >= 0 ? "done" : error.ToString(CultureInfo.InvariantCulture);
    }
}
