namespace LlmPlatform.Tokenization.ChatTemplates;

/// <summary>What went wrong with a chat template. The names of Python's exceptions are given where they differ.</summary>
public enum ChatTemplateErrorKind
{
    /// <summary>The template does not parse, or names a filter or test that does not exist. Thrown by <see cref="ChatTemplate.Compile"/>.</summary>
    Syntax,

    /// <summary>The template itself refused the conversation: it called <c>raise_exception</c>.</summary>
    Raised,

    /// <summary>Something was done with an undefined value that only a defined one allows.</summary>
    Undefined,

    /// <summary>A value of the wrong type.</summary>
    Type,

    /// <summary>A value of the right type that is out of place.</summary>
    Value,

    /// <summary>A division by zero or a number out of range.</summary>
    Arithmetic,

    /// <summary>The sandbox refused an access: an underscore attribute or a method that changes a value.</summary>
    Security,

    /// <summary>An error of the template language while rendering, such as a filter that turns out not to exist.</summary>
    Runtime,

    /// <summary>Calls are nested too deeply.</summary>
    Recursion,

    /// <summary>The template wants more steps, text or items than a rendering may use.</summary>
    Limit,

    /// <summary>The conversation cannot be rendered at all, whatever the template: it is empty, or there is nothing to continue.</summary>
    Conversation,
}
