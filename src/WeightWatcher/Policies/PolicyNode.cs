using System.Collections.Immutable;

namespace WeightWatcher.Policies;

/// <summary>A value of a policy file with its place: line and column from 1.</summary>
internal abstract record PolicyNode(int Line, int Column)
{
    /// <summary>What it is, in words for a message.</summary>
    public abstract string Kind { get; }
}

/// <summary>Text, a number, a truth value or nothing.</summary>
/// <param name="Value">The text after unescaping.</param>
/// <param name="Plain">True when it was written without quotes, so that it can be something else than text.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
internal sealed record ScalarNode(string Value, bool Plain, int Line, int Column) : PolicyNode(Line, Column)
{
    public override string Kind =>
        IsNull ? "nothing" : Plain && YamlScalar.TryBool(Value, out _) ? "a truth value" : Plain && YamlScalar.IsNumber(Value) ? "a number" : "text";

    public bool IsNull => Plain && YamlScalar.IsNull(Value);

    public bool IsText => !Plain || !(YamlScalar.IsNull(Value) || YamlScalar.TryBool(Value, out _) || YamlScalar.IsNumber(Value));
}

/// <summary>A list.</summary>
internal sealed record SequenceNode(ImmutableArray<PolicyNode> Items, int Line, int Column) : PolicyNode(Line, Column)
{
    public override string Kind => "a list";
}

/// <summary>Keys with values, in the order of the file; duplicates are kept for the reader to refuse.</summary>
internal sealed record MappingNode(ImmutableArray<KeyValuePair<ScalarNode, PolicyNode>> Entries, int Line, int Column) : PolicyNode(Line, Column)
{
    public override string Kind => "a mapping";
}
