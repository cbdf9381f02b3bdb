using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>
/// Reads the values of one mapping by key. A value that is missing or wrong reads as null, and what is wrong goes to the list of
/// faults: the caller goes on, so that one run shows every fault.
/// </summary>
internal sealed class MappingReader
{
    private readonly Dictionary<string, PolicyNode> _values = new(StringComparer.Ordinal);
    private readonly FaultList _faults;

    /// <summary>Refuses unknown and repeated keys at once.</summary>
    /// <param name="node">The mapping.</param>
    /// <param name="place">What the mapping is, for messages: <c>a rule</c>.</param>
    /// <param name="keys">The keys that it can have.</param>
    /// <param name="faults">Where faults go.</param>
    public MappingReader(MappingNode node, string place, ImmutableArray<string> keys, FaultList faults)
    {
        Node = node;
        _faults = faults;
        foreach ((ScalarNode key, PolicyNode value) in node.Entries)
        {
            if (!keys.Contains(key.Value))
                faults.Add(PolicyFileCodes.UnknownKey, key, $"'{Printable.Text(key.Value)}' is no key of {place}{DidYouMean.Suffix(key.Value, keys)}{Known(key.Value, keys)}");
            else if (!_values.TryAdd(key.Value, value))
                faults.Add(PolicyFileCodes.DuplicateKey, key, $"'{key.Value}' is written twice in {place}");
        }
    }

    public MappingNode Node { get; }

    public bool Has(string key) => _values.ContainsKey(key);

    public PolicyNode? Value(string key) => _values.GetValueOrDefault(key);

    /// <summary>The place of a key's value, or of the mapping when the key is absent.</summary>
    public PolicyNode At(string key) => Value(key) ?? Node;

    public string? Text(string key)
    {
        if (Value(key) is not { } node)
            return null;
        if (node is ScalarNode { IsText: true } scalar)
        {
            if (!string.IsNullOrWhiteSpace(scalar.Value))
                return scalar.Value;
            _faults.Add(PolicyFileCodes.OutOfRange, node, $"'{key}' is empty");
            return null;
        }

        string hint = node is ScalarNode { IsNull: false } ? "; put it in quotes" : "";
        _faults.Add(PolicyFileCodes.WrongType, node, $"'{key}' must be text, not {node.Kind}{hint}");
        return null;
    }

    public bool? Bool(string key)
    {
        if (Value(key) is not { } node)
            return null;
        if (node is ScalarNode { Plain: true } scalar && YamlScalar.TryBool(scalar.Value, out bool value))
            return value;
        _faults.Add(PolicyFileCodes.WrongType, node, $"'{key}' must be true or false, not {Found(node)}");
        return null;
    }

    /// <summary>A finite number.</summary>
    public double? Number(string key) => Value(key) is { } node ? Number(node, $"'{key}'") : null;

    /// <summary>A finite number.</summary>
    /// <param name="node">The value.</param>
    /// <param name="what">What it is, for messages.</param>
    public double? Number(PolicyNode node, string what)
    {
        if (node is not ScalarNode { Plain: true } scalar || !YamlScalar.TryNumber(scalar.Value, out double value))
        {
            bool comma = node is ScalarNode text && YamlScalar.IsNumber(text.Value.Replace(',', '.'));
            bool percent = node is ScalarNode share && share.Value.EndsWith('%');
            string hint = comma ? "; write it with a point and without quotes" : percent ? "; a percentage means nothing here" : "";
            _faults.Add(PolicyFileCodes.WrongType, node, $"{what} must be a number, not {Found(node)}{hint}");
            return null;
        }

        if (double.IsFinite(value))
            return value;
        _faults.Add(PolicyFileCodes.NotFinite, node, $"{what} must be a finite number, not {Printable.Text(scalar.Value)}; leave the key out for no limit");
        return null;
    }

    /// <summary>A whole number in an inclusive range.</summary>
    public ulong? Integer(string key, ulong min, ulong max)
    {
        if (Value(key) is not { } node)
            return null;
        if (node is not ScalarNode { Plain: true } scalar || !YamlScalar.IsNumber(scalar.Value))
        {
            _faults.Add(PolicyFileCodes.WrongType, node, $"'{key}' must be a whole number, not {Found(node)}");
            return null;
        }

        string digits = scalar.Value.TrimStart('+');
        bool hex = digits.StartsWith("0x", StringComparison.Ordinal);
        bool read = ulong.TryParse(hex ? digits.AsSpan(2) : digits, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong value);
        if (read && value >= min && value <= max)
            return value;
        _faults.Add(PolicyFileCodes.OutOfRange, node, string.Create(CultureInfo.InvariantCulture, $"'{key}' must be a whole number from {min} to {max}, not {Printable.Text(scalar.Value)}"));
        return null;
    }

    /// <summary>One of a few words.</summary>
    public T? Word<T>(string key, ImmutableArray<KeyValuePair<string, T>> words)
        where T : struct
    {
        if (Value(key) is not { } node)
            return null;
        if (node is not ScalarNode { IsNull: false } scalar)
        {
            _faults.Add(PolicyFileCodes.WrongType, node, $"'{key}' must be one of {Words(words)}, not {node.Kind}");
            return null;
        }

        foreach ((string word, T value) in words)
        {
            if (word == scalar.Value)
                return value;
        }

        _faults.Add(PolicyFileCodes.UnknownValue, node, $"'{key}' must be one of {Words(words)}, not {Found(node)}{DidYouMean.Suffix(scalar.Value, words.Select(word => word.Key))}");
        return null;
    }

    /// <summary>A text, or a list of texts; empty when the key is absent or its value is wrong.</summary>
    public ImmutableArray<ScalarNode> Texts(string key, string example)
    {
        PolicyNode? node = Value(key);
        ImmutableArray<ScalarNode>.Builder texts = ImmutableArray.CreateBuilder<ScalarNode>();
        foreach (PolicyNode item in node is SequenceNode list ? list.Items : node is null ? [] : [node])
        {
            if (item is not ScalarNode { IsText: true } scalar)
                _faults.Add(PolicyFileCodes.WrongType, item, $"'{key}' must be text or a list of texts, such as {example}, not {item.Kind}");
            else if (string.IsNullOrWhiteSpace(scalar.Value))
                _faults.Add(PolicyFileCodes.OutOfRange, item, $"'{key}' holds an empty text");
            else
                texts.Add(scalar);
        }

        return texts.ToImmutable();
    }

    /// <summary>The mapping below a key, or null.</summary>
    public MappingReader? Mapping(string key, string place, ImmutableArray<string> keys)
    {
        if (Value(key) is not { } node)
            return null;
        if (node is MappingNode mapping)
            return new MappingReader(mapping, place, keys, _faults);
        _faults.Add(PolicyFileCodes.WrongType, node, $"'{key}' must be a mapping with {Either(keys)}, not {node.Kind}");
        return null;
    }

    /// <summary>What stands at a node, quoted where it is short enough to quote.</summary>
    public static string Found(PolicyNode node) => node is ScalarNode { IsNull: false } scalar ? $"'{Printable.Text(scalar.Value)}'" : node.Kind;

    private static string Words<T>(ImmutableArray<KeyValuePair<string, T>> words) => string.Join(", ", words.Select(word => word.Key));

    private static string Either(ImmutableArray<string> keys) => string.Join(" or ", keys.Select(key => $"'{key}'"));

    private static string Known(string written, ImmutableArray<string> keys) =>
        DidYouMean.Find(written, keys) is null ? $"; it has {string.Join(", ", keys)}" : "";
}
