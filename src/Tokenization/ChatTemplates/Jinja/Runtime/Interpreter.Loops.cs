using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

internal sealed partial class Interpreter
{
    private Flow RunFor(For loop)
    {
        if (!loop.IsRecursive)
        {
            return RunLoop(loop, Evaluate(loop.Items), depth0: 0);
        }

        Emit(RenderLoop(loop, _scope, Evaluate(loop.Items), depth0: 0));
        return Flow.Next;
    }

    // A recursive loop renders to a text, whose place is where it was called from.
    private object RenderLoop(For loop, Scope scope, object? items, int depth0)
    {
        EnterCall();
        OutputBuffer outer = _output;
        Scope outerScope = _scope;
        (_output, _scope) = (new OutputBuffer(), scope);
        RunLoop(loop, items, depth0);
        string text = _output.ToString();
        (_output, _scope) = (outer, outerScope);
        _callDepth--;
        return AsOutput(text);
    }

    private Flow RunLoop(For loop, object? items, int depth0)
    {
        Scope outer = _scope;
        object? source = loop.Filter is null ? items : new IteratorValue(Filtered(loop, items, outer));
        LoopContext context = new(
            source,
            loop.IsRecursive ? (inner, depth) => RenderLoop(loop, outer, inner, depth) : null,
            depth0);
        // As jinja2 does it, else stands for "no round came to its end".
        bool isCompleted = false;
        while (context.MoveNext(out object? item))
        {
            Scope scope = new(outer);
            _scope = scope;
            Assign(loop.Target, item);
            scope.Set("loop", context);
            Flow flow = Run(loop.Body);
            _scope = outer;
            isCompleted |= flow == Flow.Next;
            if (flow == Flow.Break)
            {
                break;
            }
        }

        return isCompleted ? Flow.Next : RunIn(new Scope(outer), loop.Otherwise);
    }

    private IEnumerable<object?> Filtered(For loop, object? items, Scope outer)
    {
        foreach (object? item in Iteration.Of(items))
        {
            Scope before = _scope;
            _scope = new Scope(outer);
            Assign(loop.Target, item);
            bool isKept = Truth.Of(Evaluate(loop.Filter!));
            _scope = before;
            if (isKept)
            {
                yield return item;
            }
        }
    }
}
