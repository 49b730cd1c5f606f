namespace LlmPlatform.Retrieval.Filters;

/// <summary>A condition on a document's attributes. An attribute that is not there meets no condition but a negated one.</summary>
public abstract record Filter
{
    private Filter()
    {
    }

    /// <summary>Whether the attributes meet the condition: the rule that every index must follow.</summary>
    public abstract bool Matches(IReadOnlyDictionary<string, AttributeValue> attributes);

    /// <summary>The attribute has this value, of the same type.</summary>
    public sealed record EqualTo(string Key, AttributeValue Value) : Filter
    {
        /// <inheritdoc />
        public override bool Matches(IReadOnlyDictionary<string, AttributeValue> attributes) =>
            attributes.TryGetValue(Key, out AttributeValue value) && value == Value;
    }

    /// <summary>The attribute has one of these values.</summary>
    public sealed record In(string Key, IReadOnlyList<AttributeValue> Values) : Filter
    {
        /// <inheritdoc />
        public override bool Matches(IReadOnlyDictionary<string, AttributeValue> attributes) =>
            attributes.TryGetValue(Key, out AttributeValue value) && Values.Contains(value);
    }

    /// <summary>The attribute lies between bounds of its own type; a null bound is none.</summary>
    public sealed record Range(string Key, AttributeValue? GreaterThan, AttributeValue? AtLeast, AttributeValue? LessThan, AttributeValue? AtMost) : Filter
    {
        /// <inheritdoc />
        public override bool Matches(IReadOnlyDictionary<string, AttributeValue> attributes) =>
            attributes.TryGetValue(Key, out AttributeValue value)
            && (GreaterThan is not { } above || value.CompareTo(above) > 0)
            && (AtLeast is not { } least || value.CompareTo(least) >= 0)
            && (LessThan is not { } below || value.CompareTo(below) < 0)
            && (AtMost is not { } most || value.CompareTo(most) <= 0);
    }

    /// <summary>The attribute is there.</summary>
    public sealed record Exists(string Key) : Filter
    {
        /// <inheritdoc />
        public override bool Matches(IReadOnlyDictionary<string, AttributeValue> attributes) => attributes.ContainsKey(Key);
    }

    /// <summary>All of the conditions; without any, true.</summary>
    public sealed record And(IReadOnlyList<Filter> Filters) : Filter
    {
        /// <inheritdoc />
        public override bool Matches(IReadOnlyDictionary<string, AttributeValue> attributes) => Filters.All(filter => filter.Matches(attributes));
    }

    /// <summary>At least one of the conditions; without any, false.</summary>
    public sealed record Or(IReadOnlyList<Filter> Filters) : Filter
    {
        /// <inheritdoc />
        public override bool Matches(IReadOnlyDictionary<string, AttributeValue> attributes) => Filters.Any(filter => filter.Matches(attributes));
    }

    /// <summary>The condition is not met.</summary>
    public sealed record Not(Filter Inner) : Filter
    {
        /// <inheritdoc />
        public override bool Matches(IReadOnlyDictionary<string, AttributeValue> attributes) => !Inner.Matches(attributes);
    }
}
