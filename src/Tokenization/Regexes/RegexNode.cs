using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Regexes;

/// <summary>A part of a regular expression.</summary>
internal abstract record RegexNode;

/// <summary>One character of a set.</summary>
internal sealed record SetNode(CodePointSet Set) : RegexNode;

/// <summary>Parts one after the other.</summary>
internal sealed record SequenceNode(IReadOnlyList<RegexNode> Parts) : RegexNode;

/// <summary>The first of several ways that matches.</summary>
internal sealed record AlternationNode(IReadOnlyList<RegexNode> Ways) : RegexNode;

/// <summary>A part several times.</summary>
internal sealed record RepeatNode(RegexNode Part, int Minimum, int? Maximum, RepeatKind Kind) : RegexNode;

/// <summary>A part within a group.</summary>
internal sealed record GroupNode(RegexNode Part, GroupKind Kind) : RegexNode;

/// <summary>A condition on a place.</summary>
internal sealed record AssertionNode(AssertionKind Kind) : RegexNode;

/// <summary>How much a repetition takes.</summary>
internal enum RepeatKind
{
    /// <summary>As much as it can.</summary>
    Greedy,

    /// <summary>As little as it can.</summary>
    Lazy,

    /// <summary>As much as it can, and gives nothing back.</summary>
    Possessive,
}

/// <summary>What a group does.</summary>
internal enum GroupKind
{
    /// <summary>Nothing but hold its part together.</summary>
    Plain,

    /// <summary>Gives nothing back.</summary>
    Atomic,

    /// <summary>Looks ahead.</summary>
    Ahead,

    /// <summary>Looks ahead and must not match.</summary>
    NotAhead,

    /// <summary>Looks behind.</summary>
    Behind,

    /// <summary>Looks behind and must not match.</summary>
    NotBehind,
}

/// <summary>The conditions on a place.</summary>
internal enum AssertionKind
{
    /// <summary><c>^</c>: a line begins.</summary>
    LineStart,

    /// <summary><c>$</c>: a line ends.</summary>
    LineEnd,

    /// <summary><c>\A</c>: the text begins.</summary>
    TextStart,

    /// <summary><c>\z</c>: the text ends.</summary>
    TextEnd,

    /// <summary><c>\Z</c>: the text ends, or its last line break does.</summary>
    TextEndOrLastLine,

    /// <summary><c>\b</c>: a word begins or ends.</summary>
    WordBoundary,

    /// <summary><c>\B</c>: no word begins or ends.</summary>
    NotWordBoundary,

    /// <summary><c>\G</c>: the search began here.</summary>
    SearchStart,
}
