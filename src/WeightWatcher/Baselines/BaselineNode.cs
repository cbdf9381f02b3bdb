using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Baselines;

/// <summary>A value of a baseline file with the path of its key; each accessor refuses what is not as the format says.</summary>
/// <param name="value">The value.</param>
/// <param name="path">Its key, for messages: <c>layers[3].shape</c>.</param>
internal readonly struct BaselineNode(JsonValue value, string path)
{
    public int Line => value.Line;

    /// <summary>The mapping, all of whose keys are known.</summary>
    public JsonMapping Mapping(ImmutableArray<string> keys)
    {
        JsonMapping mapping = Mapping();
        foreach ((string key, JsonValue member) in mapping.Members)
        {
            if (!keys.Contains(key))
                throw new BaselineException(BaselineCodes.Malformed, $"unknown key; known are {string.Join(", ", keys)}", member.Line) { Key = Below(key) };
        }

        return mapping;
    }

    public JsonMapping Mapping() => value as JsonMapping ?? throw Fault("a mapping");

    public IEnumerable<BaselineNode> Items()
    {
        JsonList list = value as JsonList ?? throw Fault("a list");
        string at = path;
        return list.Items.Select((item, i) => new BaselineNode(item, string.Create(CultureInfo.InvariantCulture, $"{at}[{i}]")));
    }

    /// <summary>The members, whose keys are names of metrics.</summary>
    public IEnumerable<(string Key, BaselineNode Value)> Members()
    {
        BaselineNode own = this;
        return Mapping().Members.Select(member => (member.Key, new BaselineNode(member.Value, own.Below(member.Key))));
    }

    public BaselineNode Required(string key) => Optional(key) ?? throw Malformed($"the key '{key}' is missing");

    public BaselineNode? Optional(string key) => Mapping().Find(key) is { } found ? new BaselineNode(found, Below(key)) : null;

    public string Text() => value is JsonScalar { Type: JsonScalarType.String } scalar ? scalar.Text : throw Fault("text");

    public string TextOfAtMost(int length) => Text() is { } text && text.Length <= length ? text : throw Malformed($"the text is longer than {length.ToString(CultureInfo.InvariantCulture)} characters");

    public bool Truth() => value is JsonScalar { Type: JsonScalarType.Boolean } scalar ? scalar.Text == "true" : throw Fault("true or false");

    public bool IsNull => value is JsonScalar { Type: JsonScalarType.Null };

    /// <summary>A finite number.</summary>
    public double Number()
    {
        if (value is not JsonScalar { Type: JsonScalarType.Number } scalar)
            throw Fault("a number");
        double number = double.Parse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? number : throw Malformed($"{Printable.Text(scalar.Text)} is too large for a number");
    }

    /// <summary>A whole number in an inclusive range.</summary>
    public long Whole(long min, long max)
    {
        if (value is JsonScalar { Type: JsonScalarType.Number } scalar && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max)
            return number;
        throw Fault(string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));
    }

    /// <summary>A whole number that needs all 64 bits.</summary>
    public ulong Unsigned() =>
        value is JsonScalar { Type: JsonScalarType.Number } scalar && ulong.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : throw Fault("a whole number, 0 or more");

    /// <summary>One of a few words.</summary>
    public T Word<T>(IEnumerable<KeyValuePair<string, T>> words)
    {
        string text = Text();
        foreach ((string word, T meaning) in words)
        {
            if (word == text)
                return meaning;
        }

        throw Fault($"one of {string.Join(", ", words.Select(word => word.Key))}");
    }

    /// <summary>Lower-case hexadecimal of a SHA-256, or nothing at all.</summary>
    public string Hash()
    {
        string text = Text();
        return text.Length is 0 or 64 && text.All(c => char.IsAsciiHexDigitLower(c) || char.IsAsciiDigit(c)) ? text : throw Fault("64 lower-case hexadecimal digits");
    }

    /// <summary>64 bits as 16 lower-case hexadecimal digits.</summary>
    public ulong Mark()
    {
        string text = Text();
        return text.Length == 16 && text.All(c => char.IsAsciiHexDigitLower(c) || char.IsAsciiDigit(c)) ? ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : throw Fault("16 lower-case hexadecimal digits");
    }

    public BaselineException Malformed(string message) => new(BaselineCodes.Malformed, message, Math.Max(1, value.Line)) { Key = path.Length == 0 ? null : path };

    private BaselineException Fault(string expected)
    {
        string found = value is JsonScalar { Type: JsonScalarType.String or JsonScalarType.Number } scalar ? $"'{Printable.Text(scalar.Text)}'" : value.Kind;
        return Malformed($"expected {expected}, found {found}");
    }

    private string Below(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
