using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>Reads the section <c>runtime</c> of a policy.</summary>
internal sealed class RuntimeParser(FaultList faults)
{
    /// <summary>The longest time that a policy can give: a build must end.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>The least memory: the process itself needs some.</summary>
    public const long LeastMemory = 256L << 20;

    private const int MostAxes = 16;

    private static readonly ImmutableArray<KeyValuePair<string, double>> TimeUnits = [new("ms", 1e-3), new("s", 1), new("m", 60)];

    private static readonly ImmutableArray<KeyValuePair<string, double>> MemoryUnits =
    [
        new("KiB", 1 << 10), new("MiB", 1 << 20), new("GiB", 1 << 30), new("KB", 1e3), new("MB", 1e6), new("GB", 1e9),
    ];

    /// <summary>The section of a policy, or null when it has none.</summary>
    public RuntimeOptions? Parse(MappingReader policy)
    {
        if (policy.Mapping("runtime", "'runtime'", PolicyKeys.Runtime) is not { } reader)
            return null;
        RuntimeOptions plain = new();
        RuntimeOptions options = new()
        {
            Loads = Check(reader, "loads") ?? plain.Loads,
            FiniteOutputs = Check(reader, "finite_outputs") ?? plain.FiniteOutputs,
            OutputDrift = Check(reader, "output_drift") ?? plain.OutputDrift,
            MaxOutputDrift = RuleAmountReader.Ratio(reader, "max_output_drift", faults),
            WhenNotApplicable = reader.Word("when_not_applicable", PolicyKeys.WhenNotApplicableWords) ?? plain.WhenNotApplicable,
            Seed = reader.Integer("seed", 0, ulong.MaxValue) ?? plain.Seed,
            Runs = (int)(reader.Integer("runs", 1, 100) ?? (ulong)plain.Runs),
            Timeout = Timeout(reader) ?? plain.Timeout,
            MaxMemory = Memory(reader),
            Inputs = Inputs(reader),
            Dimensions = Dimensions(reader),
            At = new RulePattern("", reader.Node.Line, reader.Node.Column),
        };
        if (reader.Has("output_drift") && !reader.Has("max_output_drift"))
            faults.Add(PolicyFileCodes.MissingKey, reader.At("output_drift"), "'output_drift' says how much drift weighs, and there is no 'max_output_drift' that says how much is too much");
        return options;
    }

    /// <summary>How much a check weighs: a severity, or <c>true</c> for error and <c>false</c> for off.</summary>
    private static Severity? Check(MappingReader reader, string key) =>
        reader.Value(key) is ScalarNode { Plain: true } scalar && YamlScalar.TryBool(scalar.Value, out bool on) ? on ? Severity.Error : Severity.Off : reader.Word(key, PolicyKeys.SeverityWords);

    private TimeSpan? Timeout(MappingReader reader)
    {
        if (Amount(reader, "timeout", TimeUnits, "a time such as 60s, 500ms or 2m") is not { } seconds)
            return null;
        if (seconds > 0 && seconds <= LongestTimeout.TotalSeconds)
            return TimeSpan.FromSeconds(seconds);
        faults.Add(PolicyFileCodes.OutOfRange, reader.At("timeout"), "'timeout' must be more than 0 and at most 60m");
        return null;
    }

    private long? Memory(MappingReader reader)
    {
        if (Amount(reader, "max_memory", MemoryUnits, "an amount such as 4GB or 512MiB") is not { } bytes)
            return null;
        if (bytes >= LeastMemory && bytes < 1L << 50)
            return (long)bytes;
        faults.Add(PolicyFileCodes.OutOfRange, reader.At("max_memory"), "'max_memory' must be at least 256MiB");
        return null;
    }

    /// <summary>A number with a unit.</summary>
    private double? Amount(MappingReader reader, string key, ImmutableArray<KeyValuePair<string, double>> units, string expected)
    {
        if (reader.Value(key) is not { } node)
            return null;
        if (node is ScalarNode { IsNull: false } scalar)
        {
            foreach ((string unit, double size) in units)
            {
                if (scalar.Value.EndsWith(unit, StringComparison.Ordinal) && IsDecimal(scalar.Value[..^unit.Length].TrimEnd(' '), out double number))
                    return number * size;
            }
        }

        faults.Add(PolicyFileCodes.WrongType, node, $"'{key}' must be {expected}, not {MappingReader.Found(node)}");
        return null;
    }

    private static bool IsDecimal(string text, out double number)
    {
        number = 0;
        return text.Length > 0 && char.IsAsciiDigit(text[0]) && YamlScalar.TryNumber(text, out number) && double.IsFinite(number);
    }

    private ImmutableArray<RuntimeInput> Inputs(MappingReader reader)
    {
        ImmutableArray<RuntimeInput>.Builder inputs = ImmutableArray.CreateBuilder<RuntimeInput>();
        foreach ((ScalarNode name, PolicyNode value) in Named(reader, "inputs", "inputs"))
        {
            if (value is MappingNode mapping)
                inputs.Add(Input(name.Value, new MappingReader(mapping, "an input", PolicyKeys.RuntimeInput, faults)));
            else
                faults.Add(PolicyFileCodes.WrongType, value, $"the input '{Printable.Text(name.Value)}' must be a mapping with {string.Join(" or ", PolicyKeys.RuntimeInput.Select(key => $"'{key}'"))}, not {value.Kind}");
        }

        return inputs.ToImmutable();
    }

    private RuntimeInput Input(string name, MappingReader reader)
    {
        if (reader.Node.Entries.IsEmpty)
            faults.Add(PolicyFileCodes.MissingKey, reader.Node, $"the input '{Printable.Text(name)}' says nothing; it has {string.Join(", ", PolicyKeys.RuntimeInput)}");
        RuntimeInput input = new(name)
        {
            HasShape = reader.Has("shape"),
            Shape = Shape(reader),
            Min = reader.Number("min"),
            Max = reader.Number("max"),
            Value = Constant(reader),
        };
        if (reader.Has("min") != reader.Has("max"))
            faults.Add(PolicyFileCodes.MissingKey, reader.Node, $"the input '{Printable.Text(name)}' has one of 'min' and 'max'; a range needs both");
        if (input.Min > input.Max)
            faults.Add(PolicyFileCodes.EmptyRange, reader.At("min"), $"the input '{Printable.Text(name)}' has a 'min' above its 'max'");
        if (reader.Has("value") && (reader.Has("min") || reader.Has("max")))
            faults.Add(PolicyFileCodes.ContradictingKeys, reader.At("value"), $"the input '{Printable.Text(name)}' has a 'value' and a range; it can have one of them");
        return input;
    }

    private string? Constant(MappingReader reader)
    {
        if (reader.Value("value") is not { } node)
            return null;
        if (node is ScalarNode { IsNull: false } scalar)
            return scalar.Value;
        faults.Add(PolicyFileCodes.WrongType, node, $"'value' must be a number, a truth value or text, not {node.Kind}");
        return null;
    }

    private ImmutableArray<long> Shape(MappingReader reader)
    {
        if (reader.Value("shape") is not { } node)
            return [];
        if (node is not SequenceNode list)
        {
            faults.Add(PolicyFileCodes.WrongType, node, $"'shape' must be a list of whole numbers, such as [1, 16], not {node.Kind}");
            return [];
        }

        if (list.Items.Length > MostAxes)
            faults.Add(PolicyFileCodes.OutOfRange, list, string.Create(CultureInfo.InvariantCulture, $"'shape' has more than {MostAxes} axes"));
        return [.. list.Items.Select(item => Size(item, "'shape'") ?? 1)];
    }

    private ImmutableArray<KeyValuePair<string, long>> Dimensions(MappingReader reader) =>
    [
        .. Named(reader, "dimensions", "dimensions").Select(entry => new KeyValuePair<string, long>(entry.Key.Value, Size(entry.Value, $"the dimension '{Printable.Text(entry.Key.Value)}'") ?? 1)),
    ];

    // Zero is a size: a cache of nothing yet.
    private long? Size(PolicyNode node, string what)
    {
        if (node is ScalarNode { Plain: true } scalar && YamlScalar.IsInteger(scalar.Value) && YamlScalar.TryNumber(scalar.Value, out double size))
        {
            if (size is >= 0 and <= int.MaxValue)
                return (long)size;
            faults.Add(PolicyFileCodes.OutOfRange, node, string.Create(CultureInfo.InvariantCulture, $"{what} must be from 0 to {int.MaxValue}, not {Printable.Text(scalar.Value)}"));
            return null;
        }

        faults.Add(PolicyFileCodes.WrongType, node, $"{what} must be whole numbers, not {MappingReader.Found(node)}");
        return null;
    }

    /// <summary>The entries of a mapping whose keys are names of the model.</summary>
    private IEnumerable<KeyValuePair<ScalarNode, PolicyNode>> Named(MappingReader reader, string key, string what)
    {
        if (reader.Value(key) is not { } node)
            yield break;
        if (node is not MappingNode mapping)
        {
            faults.Add(PolicyFileCodes.WrongType, node, $"'{key}' must be a mapping of names, not {node.Kind}");
            yield break;
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (KeyValuePair<ScalarNode, PolicyNode> entry in mapping.Entries)
        {
            if (string.IsNullOrWhiteSpace(entry.Key.Value))
                faults.Add(PolicyFileCodes.OutOfRange, entry.Key, $"'{key}' has an empty name");
            else if (!seen.Add(entry.Key.Value))
                faults.Add(PolicyFileCodes.DuplicateKey, entry.Key, $"'{Printable.Text(entry.Key.Value)}' is written twice in {what}");
            else
                yield return entry;
        }
    }
}
