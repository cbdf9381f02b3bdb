using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Baselines;

/// <summary>
/// Reads JSON (RFC 8259) with comments into values that know their lines. Strict: no trailing commas, no key twice, bounded depth. Comments are kept, so
/// that a program that writes the file again does not lose what people wrote into it.
/// </summary>
internal ref struct JsonTextReader
{
    /// <summary>The deepest nesting that is read. A baseline file needs 4.</summary>
    public const int MaxDepth = 8;

    private readonly ReadOnlySpan<byte> _text;
    private readonly int _textStart;
    private Utf8JsonReader _reader;
    private int _line = 1;
    private int _lineStart;
    private int _counted;

    private JsonTextReader(ReadOnlySpan<byte> text, int textStart)
    {
        _text = text;
        _textStart = textStart;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Allow, MaxDepth = MaxDepth });
    }

    /// <summary>Reads the only value of a text; comments after it are the value's own trailing ones.</summary>
    /// <exception cref="BaselineException">The text is no JSON.</exception>
    public static JsonValue Read(ReadOnlySpan<byte> text)
    {
        int start = text.StartsWith("\uFEFF"u8) ? 3 : 0;
        text = text[start..];
        if (!Utf8.IsValid(text))
            throw new BaselineException(BaselineCodes.Malformed, "the file is not text in UTF-8", 1);
        JsonTextReader reader = new(text, start);
        try
        {
            return reader.ReadDocument();
        }
        catch (JsonException e)
        {
            string said = e.Message;
            int place = said.IndexOf(" LineNumber:", StringComparison.Ordinal);
            string sentence = Printable.Text((place < 0 ? said : said[..place]).TrimEnd('.'));
            throw new BaselineException(BaselineCodes.Malformed, $"not valid JSON: {sentence}", (int)(e.LineNumber ?? 0) + 1, e);
        }
    }

    private JsonValue ReadDocument()
    {
        List<string> leading = NextToken();
        JsonValue root = ReadValue(leading);
        while (_reader.Read())
            root.Trailing.Add(Comment());
        return root;
    }

    private JsonValue ReadValue(List<string> leading)
    {
        (int line, int column) = Place();
        JsonValue value;
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                value = ReadMapping(new JsonMapping { Line = line, Column = column });
                break;
            case JsonTokenType.StartArray:
                value = ReadList(new JsonList { Line = line, Column = column });
                break;
            case JsonTokenType.String:
                value = new JsonScalar(JsonScalarType.String, Text(line)) { Line = line, Column = column };
                break;
            default:
                JsonScalarType type = _reader.TokenType switch
                {
                    JsonTokenType.Number => JsonScalarType.Number,
                    JsonTokenType.Null => JsonScalarType.Null,
                    _ => JsonScalarType.Boolean,
                };
                value = new JsonScalar(type, Encoding.UTF8.GetString(_reader.ValueSpan)) { Line = line, Column = column };
                break;
        }

        value.Leading.InsertRange(0, leading);
        return value;
    }

    private JsonMapping ReadMapping(JsonMapping mapping)
    {
        HashSet<string> keys = new(StringComparer.Ordinal);
        JsonValue? last = null;
        while (true)
        {
            List<string> comments = NextToken(mapping, last);
            if (_reader.TokenType == JsonTokenType.EndObject)
            {
                mapping.Closing.AddRange(comments);
                return mapping;
            }

            (int line, _) = Place();
            string key = Text(line);
            if (!keys.Add(key))
                throw new BaselineException(BaselineCodes.Malformed, $"the key '{Printable.Text(key)}' is written twice", line);
            comments.AddRange(NextToken());
            last = ReadValue(comments);
            mapping.Members.Add(KeyValuePair.Create(key, last));
        }
    }

    private JsonList ReadList(JsonList list)
    {
        JsonValue? last = null;
        while (true)
        {
            List<string> comments = NextToken(list, last);
            if (_reader.TokenType == JsonTokenType.EndArray)
            {
                list.Closing.AddRange(comments);
                return list;
            }

            list.Items.Add(last = ReadValue(comments));
        }
    }

    /// <summary>Goes on to the next token that is no comment. Comments on the line of what stands before them are given to that, the others returned.</summary>
    private List<string> NextToken(JsonContainer? container = null, JsonValue? last = null)
    {
        List<string> leading = [];
        int before = container is null ? 0 : LineAt((int)_reader.BytesConsumed);
        while (true)
        {
            if (!_reader.Read())
                throw new BaselineException(BaselineCodes.Malformed, "the text ends before its value does", _line);
            if (_reader.TokenType != JsonTokenType.Comment)
                return leading;
            int line = LineAt((int)_reader.TokenStartIndex);
            if (container is not null && line == before && leading.Count == 0)
                (last is null ? container.Opening : last.Trailing).Add(Comment());
            else
                leading.Add(Comment());
        }
    }

    /// <summary>The comment as it was written, without the end of its line.</summary>
    private readonly string Comment()
    {
        int start = (int)_reader.TokenStartIndex;
        return Encoding.UTF8.GetString(_text[start..(int)_reader.BytesConsumed]).TrimEnd();
    }

    private readonly string Text(int line)
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new BaselineException(BaselineCodes.Malformed, "a text holds half of a surrogate pair", line, e);
        }
    }

    private (int Line, int Column) Place()
    {
        int at = (int)_reader.TokenStartIndex;
        return (LineAt(at), at - _lineStart + 1 + (_line == 1 ? _textStart : 0));
    }

    private int LineAt(int offset)
    {
        for (; _counted < offset; _counted++)
        {
            if (_text[_counted] == (byte)'\n')
            {
                _line++;
                _lineStart = _counted + 1;
            }
        }

        return _line;
    }
}
