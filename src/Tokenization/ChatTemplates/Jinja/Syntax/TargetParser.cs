namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>Parses what is assigned to: names, tuples of them, and in <c>{% set %}</c> attributes of namespaces.</summary>
internal sealed class TargetParser(TokenStream stream, ParseScope scope)
{
    internal Target Parse(bool withNamespace = false, string? endName = null) =>
        ParseTuple(withNamespace, endName, inParentheses: false);

    /// <summary>A name that can be assigned to.</summary>
    internal string ParseName()
    {
        Token token = stream.ExpectAnyName();
        return token.Text is "true" or "false" or "none" or "True" or "False" or "None"
            ? throw ChatTemplateException.Syntax($"can't assign to '{token.Text}'", token.Line)
            : token.Text;
    }

    /// <summary>The names that an assignment to the target sets.</summary>
    internal static IEnumerable<string> NamesOf(Target target) => target switch
    {
        NameTarget name => [name.Identifier],
        TupleTarget tuple => tuple.Items.SelectMany(NamesOf),
        _ => [],
    };

    private Target ParseTuple(bool withNamespace, string? endName, bool inParentheses)
    {
        List<Target> items = [];
        bool isTuple = false;
        while (true)
        {
            if (items.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            if (IsEnd(endName))
            {
                break;
            }

            items.Add(ParseOne(withNamespace));
            if (!stream.Current.IsOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        if (!isTuple && items.Count == 0 && !inParentheses)
        {
            throw ChatTemplateException.Syntax($"Expected an expression, got '{stream.Current.Describe()}'", stream.Line);
        }

        return isTuple || items.Count == 0 ? new TupleTarget(items) : items[0];
    }

    private bool IsEnd(string? endName) =>
        stream.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd
        || stream.Current.IsOperator(")")
        || (endName is not null && stream.Current.IsName(endName));

    private Target ParseOne(bool withNamespace)
    {
        if (stream.SkipOperator("("))
        {
            Runtime.StackGuard.Check();
            Target inner = ParseTuple(withNamespace: false, endName: null, inParentheses: true);
            stream.ExpectOperator(")");
            return inner;
        }

        if (stream.Current.Kind != TokenKind.Name)
        {
            throw ChatTemplateException.Syntax($"can't assign to '{stream.Current.Describe()}'", stream.Line);
        }

        int line = stream.Line;
        string name = ParseName();
        if (withNamespace && stream.SkipOperator("."))
        {
            scope.Load(name);
            return new NamespaceTarget(name, stream.ExpectAnyName().Text);
        }

        scope.Store(name, line);
        return new NameTarget(name);
    }
}
