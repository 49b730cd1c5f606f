namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

/// <summary>
/// The names of one scope, to find those that jinja2 treats as local from the scope's beginning: a name that the scope
/// sets before it reads it, and that no scope around it mentions. Code inside that reads such a name before it is set
/// finds it undefined, even where the caller passes a variable of that name.
/// </summary>
internal sealed class FrameNames(FrameNames? outer, IEnumerable<string> declared)
{
    private readonly HashSet<string> _known = [.. declared];
    private readonly List<string> _setFirst = [];

    internal FrameNames? Outer => outer;

    /// <summary>The scope that the parser goes back to, which a named block does not see.</summary>
    internal FrameNames? Return { get; init; }

    /// <summary>How many ifs there are around within the scope: what is set in one may keep its value from outside.</summary>
    internal int Branches { get; set; }

    internal void Load(string name) => _known.Add(name);

    internal void Store(string name)
    {
        if (_known.Add(name) && Branches == 0)
        {
            _setFirst.Add(name);
        }
    }

    internal bool HasCandidates => _setFirst.Count > 0;

    /// <summary>The names that are local from the beginning. Only right once the whole template is parsed.</summary>
    internal IEnumerable<string> Local() => _setFirst.Where(name => !IsKnownOutside(name));

    private bool IsKnownOutside(string name)
    {
        for (FrameNames? frame = outer; frame is not null; frame = frame.Outer)
        {
            if (frame._known.Contains(name))
            {
                return true;
            }
        }

        return false;
    }
}
