using System.Security.Cryptography;
using System.Text;
using LlmPlatform.Retrieval.Filters;

namespace LlmPlatform.Retrieval.Index;

/// <summary>A chunk in the index.</summary>
public sealed record IndexPoint
{
    /// <summary>Made of document, revision and chunk by <see cref="IdOf"/>: writing it twice writes it once.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required string Tenant { get; init; }

    /// <summary>The document it is of.</summary>
    public required string DocumentId { get; init; }

    /// <summary>The document's revision it was made for.</summary>
    public required long Revision { get; init; }

    /// <summary>Its place among the document's chunks, from 0.</summary>
    public required int Chunk { get; init; }

    /// <summary>Groups whose members may read it; empty: everybody of the tenant.</summary>
    public IReadOnlyList<string> AllowedGroups { get; init; } = [];

    /// <summary>The document's attributes.</summary>
    public IReadOnlyDictionary<string, AttributeValue> Attributes { get; init; } = new Dictionary<string, AttributeValue>();

    /// <summary>Exactly the document's text from <see cref="Start"/> to <see cref="End"/>.</summary>
    public required string Text { get; init; }

    /// <summary>Headings and the like that terms and vectors are made of too.</summary>
    public string Context { get; init; } = "";

    /// <summary>Its first UTF-16 code unit in the document's text.</summary>
    public int Start { get; init; }

    /// <summary>Behind its last one.</summary>
    public int End { get; init; }

    /// <summary>The headings above it.</summary>
    public IReadOnlyList<string> Headings { get; init; } = [];

    /// <summary>The page or slide that it begins on.</summary>
    public int? Page { get; init; }

    /// <summary>The sheet that it is of.</summary>
    public string? Sheet { get; init; }

    /// <summary>SHA-256 of the text that the vector is made of, lower-case hexadecimal.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The vector of unit length; empty where the collection has none.</summary>
    public ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>What terms and vectors are made of: the context, a line end, the text.</summary>
    public string IndexText => Context.Length == 0 ? Text : $"{Context}\n{Text}";

    /// <summary>The id of a chunk of a revision of a document: 16 bytes of a SHA-256.</summary>
    public static Guid IdOf(string documentId, long revision, int chunk) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{documentId}\n{revision}\n{chunk}")).AsSpan(0, 16));

    /// <summary>The hash of the text that a vector is made of.</summary>
    public static string HashOf(string indexText) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(indexText)));
}
