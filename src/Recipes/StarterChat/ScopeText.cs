using System.Collections.Immutable;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>An answer that we wrote, with the wordings of the question it is for.</summary>
/// <param name="Id">Its name among all texts.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Language">ko or en.</param>
/// <param name="Facts">An answer must hold one of these; empty for <see cref="ScopeCategory.Outside"/>, and where any friendly answer will do.</param>
/// <param name="Questions">Wordings of the question, each different from all others of all texts.</param>
/// <param name="Answer">The answer to all of them.</param>
public sealed record ScopeText(
    string Id, ScopeCategory Category, string Language, ImmutableArray<string> Facts, ImmutableArray<string> Questions, string Answer);

/// <summary>What a text is about.</summary>
public enum ScopeCategory
{
    /// <summary>Hello, goodbye, thanks.</summary>
    Greeting,

    /// <summary>What people say to each other.</summary>
    Smalltalk,

    /// <summary>What this platform is and how it is used.</summary>
    Platform,

    /// <summary>What the model does not know: one honest sentence that names <c>llm pull</c>.</summary>
    Outside,
}
