using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

internal sealed partial class Interpreter
{
    // What is assigned to is looked at before the value is.
    private void CheckNamespaces(Target target)
    {
        if (target is TupleTarget tuple)
        {
            foreach (Target item in tuple.Items)
            {
                CheckNamespaces(item);
            }
        }
        else if (target is NamespaceTarget attribute)
        {
            _ = Namespace(attribute);
        }
    }

    private NamespaceValue Namespace(NamespaceTarget target) =>
        _scope.TryGet(target.Namespace, out object? value) && value is NamespaceValue found
            ? found
            : throw ChatTemplateException.Runtime("cannot assign attribute on non-namespace object");

    private void Assign(Target target, object? value)
    {
        switch (target)
        {
            case NameTarget name:
                _scope.Set(name.Identifier, value);
                break;
            case NamespaceTarget attribute:
                Namespace(attribute).Set(attribute.Attribute, value);
                break;
            case TupleTarget tuple:
                AssignEach(tuple, value);
                break;
        }
    }

    private void AssignEach(TupleTarget target, object? value)
    {
        if (!Iteration.IsIterable(value))
        {
            throw ChatTemplateException.Type($"cannot unpack non-iterable {TypeNames.Of(value)} object");
        }

        int expected = target.Items.Count;
        List<object?> items = [.. Iteration.Of(value).Take(expected + 1)];
        if (items.Count != expected)
        {
            throw ChatTemplateException.Value(items.Count > expected
                ? $"too many values to unpack (expected {expected})"
                : $"not enough values to unpack (expected {expected}, got {items.Count})");
        }

        for (int i = 0; i < expected; i++)
        {
            Assign(target.Items[i], items[i]);
        }
    }
}
