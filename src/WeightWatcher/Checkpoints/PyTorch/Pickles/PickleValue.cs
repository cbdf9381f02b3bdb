using System.Numerics;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.PyTorch.Pickles;

/// <summary>
/// A node of the graph that a pickle describes. Nothing is built or called: what Python would call is kept as a
/// <see cref="PickleObject"/>. Nodes may be shared and may form cycles.
/// </summary>
internal abstract class PickleValue
{
    /// <summary>What messages call a node of this kind.</summary>
    public abstract string Kind { get; }
}

/// <summary>Python's <c>None</c>.</summary>
internal sealed class PickleNone : PickleValue
{
    public static readonly PickleNone Instance = new();

    public override string Kind => "None";
}

/// <summary><c>True</c> or <c>False</c>.</summary>
internal sealed class PickleBoolean(bool value) : PickleValue
{
    public static readonly PickleBoolean True = new(true);

    public static readonly PickleBoolean False = new(false);

    public bool Value { get; } = value;

    public override string Kind => "a truth value";
}

/// <summary>An integer of any size.</summary>
internal sealed class PickleInteger(BigInteger value) : PickleValue
{
    private static readonly PickleInteger[] Bytes = [.. Enumerable.Range(0, 256).Select(i => new PickleInteger(i))];

    /// <summary>The integer of a byte; shared.</summary>
    public static PickleInteger OfByte(byte value) => Bytes[value];

    public BigInteger Value { get; } = value;

    public override string Kind => "an integer";
}

/// <summary>A floating-point number.</summary>
internal sealed class PickleFloat(double value) : PickleValue
{
    public double Value { get; } = value;

    public override string Kind => "a number";
}

/// <summary>A string.</summary>
internal sealed class PickleText(string value) : PickleValue
{
    public string Value { get; } = value;

    public override string Kind => "a string";
}

/// <summary>Bytes, left where they are in the pickle.</summary>
/// <param name="offset">Where they start in the pickle's source.</param>
/// <param name="length">How many they are.</param>
internal sealed class PickleBytes(long offset, long length) : PickleValue
{
    public long Offset { get; } = offset;

    public long Length { get; } = length;

    public override string Kind => "bytes";
}

/// <summary>A tuple, list, set or frozen set.</summary>
internal sealed class PickleSequence(PickleSequenceKind sequence, List<PickleValue> items) : PickleValue
{
    public PickleSequenceKind Sequence { get; } = sequence;

    public List<PickleValue> Items { get; } = items;

    public override string Kind => Sequence switch
    {
        PickleSequenceKind.Tuple => "a tuple",
        PickleSequenceKind.List => "a list",
        _ => "a set",
    };
}

/// <summary>The kinds of <see cref="PickleSequence"/>.</summary>
internal enum PickleSequenceKind
{
    Tuple,
    List,
    Set,
}

/// <summary>A reference to something that Python would import by name. It is never looked up.</summary>
internal sealed class PickleGlobal(string module, string name) : PickleValue
{
    public string Module { get; } = module;

    public string Name { get; } = name;

    public override string Kind => "a global";

    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A reference to something kept outside the pickle, such as a storage.</summary>
internal sealed class PicklePersistent(PickleValue id) : PickleValue
{
    public PickleValue Id { get; } = id;

    public override string Kind => "a persistent reference";
}

/// <summary>What Python would make by calling something: the callee, its arguments, and what was put into the result afterwards.</summary>
internal sealed class PickleObject(PickleValue callee, PickleValue arguments) : PickleValue
{
    /// <summary>A global, another object, or a persistent reference to a class.</summary>
    public PickleValue Callee { get; } = callee;

    /// <summary>Usually a tuple.</summary>
    public PickleValue Arguments { get; } = arguments;

    /// <summary>States given to the object (BUILD), in order; null when there are none.</summary>
    public List<PickleValue>? States { get; set; }

    /// <summary>Items appended or added to the object; null when there are none.</summary>
    public List<PickleValue>? Items { get; set; }

    /// <summary>Entries set in the object; null when there are none.</summary>
    public PickleDictionary? Entries { get; set; }

    public override string Kind => Callee is PickleGlobal global ? $"an object of {Printable.Text(global.ToString())}" : "an object";

    /// <summary>True when the callee is the global of that name.</summary>
    public bool IsOf(string module, string name) => Callee is PickleGlobal global && global.Module == module && global.Name == name;
}
