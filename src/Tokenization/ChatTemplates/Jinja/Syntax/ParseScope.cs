namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>What the parser has to remember about the code around the place it is at.</summary>
internal sealed class ParseScope
{
    private readonly List<(string Message, int Line)> _unknownBuiltins = [];
    private readonly Stack<ImplicitNames> _macros = [];

    /// <summary>
    /// Within an if: an unknown filter or test is an error only when it is reached. A loop or macro inside ends that.
    /// </summary>
    internal bool IsConditional { get; set; }

    /// <summary>Whether break and continue have a loop to act on.</summary>
    internal bool IsInLoop { get; set; }

    /// <summary>How many loops there are around, macros or not: none of them may assign to <c>loop</c>.</summary>
    internal int LoopDepth { get; set; }

    internal int UnknownBuiltins => _unknownBuiltins.Count;

    internal void AddUnknownBuiltin(string message, int line) => _unknownBuiltins.Add((message, line));

    /// <summary>Those since the mark turned out to stand in an inline if.</summary>
    internal void ForgiveUnknownBuiltins(int mark) => _unknownBuiltins.RemoveRange(mark, _unknownBuiltins.Count - mark);

    /// <summary>Fails for the unknown filters and tests of the statement just parsed, unless it is conditional.</summary>
    internal void CheckUnknownBuiltins()
    {
        if (_unknownBuiltins.Count > 0 && !IsConditional)
        {
            throw ChatTemplateException.Syntax(_unknownBuiltins[0].Message, _unknownBuiltins[0].Line);
        }

        _unknownBuiltins.Clear();
    }

    /// <summary>The names of the scope that is being parsed.</summary>
    internal FrameNames Frame { get; private set; } = new(null, []);

    internal void EnterFrame(IEnumerable<string> declared, bool isIsolated = false) =>
        Frame = new FrameNames(isIsolated ? null : Frame, declared) { Return = Frame };

    internal FrameNames LeaveFrame()
    {
        FrameNames frame = Frame;
        Frame = frame.Return!;
        return frame;
    }

    internal void EnterMacro() => _macros.Push(new ImplicitNames());

    internal ImplicitNames LeaveMacro() => _macros.Pop();

    internal void Load(string name)
    {
        Frame.Load(name);
        foreach (ImplicitNames names in _macros)
        {
            names.Load(name);
        }
    }

    internal void Store(string name, int line)
    {
        if (LoopDepth > 0 && name == "loop")
        {
            throw ChatTemplateException.Syntax("Can't assign to special loop variable in for-loop target", line);
        }

        foreach (ImplicitNames names in _macros)
        {
            names.Store(name);
        }
    }

    /// <summary>Which of the variables that a macro gets by itself its body uses before it sets them.</summary>
    internal sealed class ImplicitNames
    {
        private readonly HashSet<string> _stored = [];

        internal bool UsesCaller { get; private set; }

        internal bool UsesKwargs { get; private set; }

        internal bool UsesVarargs { get; private set; }

        internal void Load(string name)
        {
            if (_stored.Contains(name))
            {
                return;
            }

            UsesCaller |= name == "caller";
            UsesKwargs |= name == "kwargs";
            UsesVarargs |= name == "varargs";
        }

        internal void Store(string name) => _stored.Add(name);
    }
}
