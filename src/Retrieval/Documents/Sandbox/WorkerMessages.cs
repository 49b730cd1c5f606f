using System.Text;

namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>What stands in the frames to a worker, and its answer when a document cannot be read.</summary>
internal static class WorkerMessages
{
    /// <summary>Bytes that a frame needs beside the file: its name and password.</summary>
    internal const int MaxExtraLength = 64 << 10;

    private const int MaxMessageLength = 1000;

    /// <summary>The limits, and how many documents the worker reads at most.</summary>
    internal static byte[] WriteLimits(DocumentLimits limits, int documents)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(limits.MaxBytes);
        writer.Write(limits.MaxUncompressedBytes);
        writer.Write(limits.MaxTextLength);
        writer.Write(limits.MaxDepth);
        writer.Write(limits.MaxParts);
        writer.Write(limits.MaxTime.Ticks);
        writer.Write(limits.MaxMemory);
        writer.Write(documents);
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="WriteLimits"/> wrote.</summary>
    internal static (DocumentLimits Limits, int Documents) ReadLimits(byte[] payload)
    {
        using BinaryReader reader = new(new MemoryStream(payload));
        DocumentLimits limits = new()
        {
            MaxBytes = reader.ReadInt64(),
            MaxUncompressedBytes = reader.ReadInt64(),
            MaxTextLength = reader.ReadInt32(),
            MaxDepth = reader.ReadInt32(),
            MaxParts = reader.ReadInt32(),
            MaxTime = TimeSpan.FromTicks(reader.ReadInt64()),
            MaxMemory = reader.ReadInt64(),
        };
        return (limits, reader.ReadInt32());
    }

    /// <summary>A document: the name's length, whether there is a password, its length; the name, the password, the file.</summary>
    internal static byte[] WriteDocument(DocumentSource source)
    {
        byte[] name = Encoding.UTF8.GetBytes(source.Filename);
        byte[] password = source.Password is null ? [] : Encoding.UTF8.GetBytes(source.Password);
        if (name.Length + password.Length + 16 > MaxExtraLength)
        {
            throw new DocumentException(
                DocumentErrors.LimitExceeded, $"name and password are longer than {MaxExtraLength} bytes");
        }

        byte[] payload = new byte[9 + name.Length + password.Length + source.Bytes.Length];
        using BinaryWriter writer = new(new MemoryStream(payload));
        writer.Write(name.Length);
        writer.Write(source.Password is not null);
        writer.Write(password.Length);
        writer.Write(name);
        writer.Write(password);
        writer.Write(source.Bytes.Span);
        return payload;
    }

    /// <summary>Reads what <see cref="WriteDocument"/> wrote.</summary>
    internal static DocumentSource ReadDocument(byte[] payload)
    {
        using BinaryReader reader = new(new MemoryStream(payload));
        int nameLength = reader.ReadInt32();
        bool hasPassword = reader.ReadBoolean();
        int passwordLength = reader.ReadInt32();
        string name = Encoding.UTF8.GetString(payload, 9, nameLength);
        string? password = hasPassword ? Encoding.UTF8.GetString(payload, 9 + nameLength, passwordLength) : null;
        return new DocumentSource(name, payload.AsMemory(9 + nameLength + passwordLength), password);
    }

    /// <summary>Why a document cannot be read.</summary>
    internal static byte[] WriteFailure(string code, string message)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write(code);
        writer.Write(message.Length > MaxMessageLength ? message[..MaxMessageLength] : message);
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="WriteFailure"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    internal static DocumentException ReadFailure(byte[] payload)
    {
        if (payload.Length > MaxExtraLength)
        {
            throw new InvalidDataException($"a message of {payload.Length} bytes, expected at most {MaxExtraLength}");
        }

        try
        {
            using BinaryReader reader = new(new MemoryStream(payload));
            string code = reader.ReadString();
            string message = reader.ReadString();
            return IsKnown(code)
                ? new DocumentException(code, message.Length > MaxMessageLength ? message[..MaxMessageLength] : message)
                : throw new InvalidDataException("an error code that is none");
        }
        catch (Exception exception) when (exception is EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("a message that cannot be read", exception);
        }
    }

    private static bool IsKnown(string code) => code is DocumentErrors.EmptyFile or DocumentErrors.EmptyText
        or DocumentErrors.NoText or DocumentErrors.UnsupportedType or DocumentErrors.TypeMismatch
        or DocumentErrors.Corrupt or DocumentErrors.Encrypted or DocumentErrors.WrongPassword
        or DocumentErrors.LimitExceeded or DocumentErrors.UnsafeContent;
}
