using System.Text;
using System.Text.Encodings.Web;

namespace WeightWatcher.Baselines;

/// <summary>Writes values as JSON with their comments: a line per member, two spaces of indentation, what is marked so on one line.</summary>
internal static class JsonTextWriter
{
    /// <summary>The text, with <c>\n</c> and one at its end.</summary>
    public static string Write(JsonValue root)
    {
        StringBuilder text = new();
        foreach (string comment in root.Leading)
            text.Append(comment).Append('\n');
        Value(text, root, 0);
        text.Append('\n');
        foreach (string comment in root.Trailing)
            text.Append(comment).Append('\n');
        return text.ToString();
    }

    private static void Value(StringBuilder text, JsonValue value, int depth)
    {
        switch (value)
        {
            case JsonMapping mapping:
                Container(text, mapping, '{', '}', [.. mapping.Members.Select(member => KeyValuePair.Create((string?)member.Key, member.Value))], depth);
                break;
            case JsonList list:
                Container(text, list, '[', ']', [.. list.Items.Select(item => KeyValuePair.Create((string?)null, item))], depth);
                break;
            default:
                JsonScalar scalar = (JsonScalar)value;
                if (scalar.Type == JsonScalarType.String)
                    Quoted(text, scalar.Text);
                else
                    text.Append(scalar.Text);
                break;
        }
    }

    private static void Container(StringBuilder text, JsonContainer container, char open, char close, List<KeyValuePair<string?, JsonValue>> members, int depth)
    {
        text.Append(open);
        if (members.Count == 0 && container.Opening.Count + container.Closing.Count == 0)
        {
            text.Append(close);
            return;
        }

        if (container.IsInline && !HasComments(container, members))
        {
            string space = open == '{' ? " " : "";
            for (int i = 0; i < members.Count; i++)
            {
                text.Append(i == 0 ? space : ", ");
                Member(text, members[i], depth);
            }

            text.Append(space).Append(close);
            return;
        }

        Trailing(text, container.Opening);
        for (int i = 0; i < members.Count; i++)
        {
            JsonValue value = members[i].Value;
            foreach (string comment in value.Leading)
                Line(text, depth + 1).Append(comment);
            Line(text, depth + 1);
            Member(text, members[i], depth + 1);
            if (i < members.Count - 1)
                text.Append(',');
            Trailing(text, value.Trailing);
        }

        foreach (string comment in container.Closing)
            Line(text, depth + 1).Append(comment);
        Line(text, depth).Append(close);
    }

    private static void Member(StringBuilder text, KeyValuePair<string?, JsonValue> member, int depth)
    {
        if (member.Key is { } key)
        {
            Quoted(text, key);
            text.Append(": ");
        }

        Value(text, member.Value, depth);
    }

    private static bool HasComments(JsonContainer container, List<KeyValuePair<string?, JsonValue>> members) =>
        container.Opening.Count + container.Closing.Count > 0 || members.Exists(member => member.Value.Leading.Count + member.Value.Trailing.Count > 0);

    private static void Trailing(StringBuilder text, List<string> comments)
    {
        foreach (string comment in comments)
            text.Append(' ').Append(comment);
    }

    private static StringBuilder Line(StringBuilder text, int depth) => text.Append('\n').Append(' ', 2 * depth);

    private static void Quoted(StringBuilder text, string value) =>
        text.Append('"').Append(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value)).Append('"');
}
