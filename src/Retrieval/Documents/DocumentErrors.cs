namespace LlmPlatform.Retrieval.Documents;

/// <summary>Why a document cannot be read: codes that callers can rely on.</summary>
public static class DocumentErrors
{
    /// <summary>There are no bytes.</summary>
    public const string EmptyFile = "empty_file";

    /// <summary>There is only white space.</summary>
    public const string EmptyText = "empty_text";

    /// <summary>There are pages, but only images on them.</summary>
    public const string NoText = "no_text";

    /// <summary>No parser knows this content.</summary>
    public const string UnsupportedType = "unsupported_type";

    /// <summary>The name and the content disagree, and the content alone does not tell what it is.</summary>
    public const string TypeMismatch = "type_mismatch";

    /// <summary>The content is damaged.</summary>
    public const string Corrupt = "corrupt";

    /// <summary>A password is needed.</summary>
    public const string Encrypted = "encrypted";

    /// <summary>The password does not open it.</summary>
    public const string WrongPassword = "wrong_password";

    /// <summary>Too large, too deep, too many parts, too slow, or too much memory.</summary>
    public const string LimitExceeded = "limit_exceeded";

    /// <summary>Content that reaches out: document type definitions, entities, outside references, path names.</summary>
    public const string UnsafeContent = "unsafe_content";
}
