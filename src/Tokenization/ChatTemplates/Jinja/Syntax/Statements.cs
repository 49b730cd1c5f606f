namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

// The statements of the language, one record each.

/// <summary>A parsed template; <paramref name="Blocks"/> are the named blocks anywhere in it.</summary>
internal sealed record Template(IReadOnlyList<Statement> Body, IReadOnlyDictionary<string, Block> Blocks);

internal abstract record Statement(int Line);

/// <summary>Text outside of tags.</summary>
internal sealed record Data(string Text, int Line) : Statement(Line);

/// <summary>Stands at the beginning of a scope: names that are undefined until the scope sets them.</summary>
internal sealed record Locals(FrameNames Frame) : Statement(0)
{
    private readonly Lazy<string[]> _names = new(() => [.. Frame.Local()]);

    internal IReadOnlyList<string> Names => _names.Value;
}

internal sealed record Print(Expression Value, int Line) : Statement(Line);

internal sealed record If(
    IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Otherwise, int Line)
    : Statement(Line);

internal sealed record For(
    Target Target,
    Expression Items,
    Expression? Filter,
    bool IsRecursive,
    IReadOnlyList<Statement> Body,
    IReadOnlyList<Statement> Otherwise,
    int Line) : Statement(Line);

internal sealed record Break(int Line) : Statement(Line);

internal sealed record Continue(int Line) : Statement(Line);

internal sealed record Set(Target Target, Expression Value, int Line) : Statement(Line);

internal sealed record SetBlock(Target Target, Expression? Filter, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

internal sealed record With(IReadOnlyList<(Target Target, Expression Value)> Variables, IReadOnlyList<Statement> Body, int Line)
    : Statement(Line);

internal sealed record FilterBlock(Expression Filter, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

internal sealed record Autoescape(Expression Enabled, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

internal sealed record Macro(string Name, MacroCode Code, int Line) : Statement(Line);

internal sealed record CallBlock(Call Call, MacroCode Code, int Line) : Statement(Line);

/// <summary>transformers' mark around what the assistant writes: a macro that is called where it stands.</summary>
internal sealed record Generation(MacroCode Code, int Line) : Statement(Line);

internal sealed record Block(string Name, bool IsScoped, bool IsRequired, IReadOnlyList<Statement> Body, int Line)
    : Statement(Line);

/// <summary>A tag that needs other templates, of which there are none: fails when it is reached.</summary>
internal sealed record OtherTemplate(Expression Template, int Line) : Statement(Line);

/// <summary>The parameters and body of a macro, and which of the implicit variables the body uses.</summary>
internal sealed record MacroCode(
    IReadOnlyList<(string Name, Expression? Default)> Parameters,
    IReadOnlyList<Statement> Body,
    bool UsesCaller,
    bool UsesKwargs,
    bool UsesVarargs);

// What can be assigned to.

internal abstract record Target;

internal sealed record NameTarget(string Identifier) : Target;

/// <summary><c>namespace.attribute</c>, only in <c>{% set %}</c>.</summary>
internal sealed record NamespaceTarget(string Namespace, string Attribute) : Target;

internal sealed record TupleTarget(IReadOnlyList<Target> Items) : Target;
