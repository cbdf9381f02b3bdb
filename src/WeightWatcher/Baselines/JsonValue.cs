namespace WeightWatcher.Baselines;

/// <summary>A value of a JSON text with its place and the comments around it.</summary>
internal abstract class JsonValue
{
    /// <summary>The line, from 1; 0 for a value that was made and not read.</summary>
    public int Line { get; init; }

    /// <summary>The column in bytes, from 1.</summary>
    public int Column { get; init; }

    /// <summary>The comments on the lines before it, each with its marks.</summary>
    public List<string> Leading { get; } = [];

    /// <summary>The comments after it on its last line.</summary>
    public List<string> Trailing { get; } = [];

    /// <summary>What identifies it in the text that it replaces, when that differs from what identifies it now; or null.</summary>
    public string? FormerIdentity { get; init; }

    /// <summary>What it is, in words for a message.</summary>
    public abstract string Kind { get; }
}

/// <summary>Text, a number, a truth value or null.</summary>
/// <param name="type">What it is.</param>
/// <param name="text">The unescaped text, or the literal as written.</param>
internal sealed class JsonScalar(JsonScalarType type, string text) : JsonValue
{
    public JsonScalarType Type { get; } = type;

    public string Text { get; } = text;

    public override string Kind => Type switch
    {
        JsonScalarType.String => "text",
        JsonScalarType.Number => "a number",
        JsonScalarType.Boolean => "a truth value",
        _ => "null",
    };
}

/// <summary>The types of scalars.</summary>
internal enum JsonScalarType
{
    String,
    Number,
    Boolean,
    Null,
}

/// <summary>A mapping or a list.</summary>
internal abstract class JsonContainer : JsonValue
{
    /// <summary>The comments after the opening bracket on its line.</summary>
    public List<string> Opening { get; } = [];

    /// <summary>The comments before the closing bracket.</summary>
    public List<string> Closing { get; } = [];

    /// <summary>Whether it is written on one line.</summary>
    public bool IsInline { get; init; }
}

/// <summary>Keys with values, in the order of the text; each key once.</summary>
internal sealed class JsonMapping : JsonContainer
{
    public List<KeyValuePair<string, JsonValue>> Members { get; } = [];

    public override string Kind => "a mapping";

    public JsonValue? Find(string key)
    {
        foreach ((string name, JsonValue value) in Members)
        {
            if (name == key)
                return value;
        }

        return null;
    }

    public JsonMapping With(string key, JsonValue? value)
    {
        if (value is not null)
            Members.Add(KeyValuePair.Create(key, value));
        return this;
    }
}

/// <summary>Values in order.</summary>
internal sealed class JsonList : JsonContainer
{
    public List<JsonValue> Items { get; } = [];

    public override string Kind => "a list";
}
