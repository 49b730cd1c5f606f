using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

// The expressions of the language, one record each.

internal abstract record Expression;

internal sealed record Constant(object? Value) : Expression;

internal sealed record Name(string Identifier) : Expression;

internal sealed record TupleLiteral(IReadOnlyList<Expression> Items) : Expression;

internal sealed record ListLiteral(IReadOnlyList<Expression> Items) : Expression;

internal sealed record DictLiteral(IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression;

internal sealed record Negate(Expression Operand) : Expression;

internal sealed record Plus(Expression Operand) : Expression;

internal sealed record Not(Expression Operand) : Expression;

internal sealed record And(Expression Left, Expression Right) : Expression;

internal sealed record Or(Expression Left, Expression Right) : Expression;

/// <summary>Arithmetic: <c>+ - * / // % **</c>.</summary>
internal sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

/// <summary>Text of all parts, one after the other: <c>a ~ b</c>.</summary>
internal sealed record Concat(IReadOnlyList<Expression> Parts) : Expression;

/// <summary>A chain such as <c>a &lt; b &lt;= c</c>; operators also <c>in</c> and <c>not in</c>.</summary>
internal sealed record Compare(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression;

/// <summary><c>value if test else otherwise</c>; without else it is undefined.</summary>
internal sealed record Conditional(Expression Test, Expression Value, Expression? Otherwise, int Line) : Expression;

internal sealed record GetAttribute(Expression Target, string Attribute) : Expression;

internal sealed record GetItem(Expression Target, Expression Key) : Expression;

internal sealed record GetSlice(Expression Target, Slice Slice) : Expression;

/// <summary>Only between square brackets.</summary>
internal sealed record Slice(Expression? Start, Expression? Stop, Expression? Step) : Expression;

internal sealed record Call(Expression Callee, CallArguments Arguments) : Expression;

/// <summary><c>target | name(arguments)</c>. No target inside <c>{% filter %}</c>; no filter when the name is unknown.</summary>
internal sealed record FilterCall(Expression? Target, string Name, Builtin? Filter, CallArguments Arguments) : Expression;

/// <summary><c>target is name(arguments)</c>.</summary>
internal sealed record TestCall(Expression Target, string Name, Builtin? Test, CallArguments Arguments) : Expression;

/// <summary>The arguments of a call as they are written; <c>*args</c> and <c>**kwargs</c> come last.</summary>
internal sealed record CallArguments(
    IReadOnlyList<Expression> Positional,
    IReadOnlyList<(string Name, Expression Value)> Keywords,
    Expression? MorePositional,
    Expression? MoreKeywords)
{
    internal static readonly CallArguments None = new([], [], null, null);
}
