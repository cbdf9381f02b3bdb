using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.NumPy;

/// <summary>
/// Parses the dictionary of an .npy header: a Python literal with the keys <c>descr</c>, <c>fortran_order</c> and <c>shape</c> and nothing else (numpy.lib.format).
/// Strings, truth values, whole numbers, tuples and lists are all that there is to it; nothing is evaluated.
/// </summary>
internal ref struct NpyHeaderParser
{
    private const int MaxDepth = 16;

    private readonly ReadOnlySpan<char> _text;
    private readonly long _origin;
    private readonly ReadMeter _meter;
    private int _at;
    private bool _sawObject;

    private NpyHeaderParser(ReadOnlySpan<char> text, long origin, ReadMeter meter)
    {
        _text = text;
        _origin = origin;
        _meter = meter;
    }

    /// <summary>Parses a header.</summary>
    /// <param name="text">The whole header, with the white space that pads it.</param>
    /// <param name="origin">Where it begins in the file, for messages.</param>
    /// <param name="meter">The budget.</param>
    /// <exception cref="ArtifactException">The text is not such a dictionary.</exception>
    public static NpyHeader Parse(ReadOnlySpan<char> text, long origin, ReadMeter meter)
    {
        NpyHeaderParser parser = new(text, origin, meter);
        return parser.ReadDictionary();
    }

    private NpyHeader ReadDictionary()
    {
        string? dtype = null;
        bool isStructured = false;
        bool? fortran = null;
        ImmutableArray<long>? shape = null;
        Expect('{', "a dictionary");
        while (!Accept('}'))
        {
            int at = _at;
            string key = ReadString();
            Expect(':', "a colon behind a key");
            bool twice = key switch { "descr" => dtype is not null, "fortran_order" => fortran is not null, "shape" => shape is not null, _ => false };
            if (twice)
                throw Fault($"the header has the key '{key}' twice", at);
            switch (key)
            {
                case "descr":
                    isStructured = Peek() is not ('\'' or '"');
                    dtype = isStructured ? "structured" : ReadString();
                    if (isStructured)
                        SkipFields(1);
                    break;
                case "fortran_order":
                    fortran = ReadBoolean();
                    break;
                case "shape":
                    shape = ReadShape();
                    break;
                default:
                    throw Fault($"the header has the key '{Printable.Text(key)}', expected descr, fortran_order and shape", at);
            }

            if (!Accept(','))
            {
                Expect('}', "a comma or the end of the dictionary");
                break;
            }
        }

        _ = Peek();
        if (_at < _text.Length)
            throw Fault("the header goes on behind its dictionary", _at);
        if (dtype is null || fortran is null || shape is null)
            throw Fault($"the header gives no {(dtype is null ? "descr" : fortran is null ? "fortran_order" : "shape")}", 0);
        return new NpyHeader(dtype, isStructured, _sawObject, fortran.Value, shape.Value);
    }

    private ImmutableArray<long> ReadShape()
    {
        int at = _at;
        Expect('(', "a tuple as shape");
        ImmutableArray<long>.Builder axes = ImmutableArray.CreateBuilder<long>();
        while (!Accept(')'))
        {
            if (axes.Count >= _meter.Limits.MaxRank)
                throw Fault(string.Create(CultureInfo.InvariantCulture, $"the shape has more than {_meter.Limits.MaxRank} axes"), at, ArtifactCodes.LimitExceeded);
            axes.Add(ReadLength());
            if (!Accept(','))
            {
                // (3) is a number in Python and no tuple.
                if (axes.Count == 1)
                    throw Fault("the shape is a number in brackets, expected a tuple", at);
                Expect(')', "a comma or the end of the shape");
                break;
            }
        }

        return axes.ToImmutable();
    }

    private long ReadLength()
    {
        _ = Peek();
        int start = _at;
        if (_at < _text.Length && _text[_at] == '-')
            _at++;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            _at++;
        ReadOnlySpan<char> digits = _text[start.._at];
        // Python 2 wrote an L behind long numbers.
        if (_at < _text.Length && _text[_at] == 'L')
            _at++;
        if (digits.IsEmpty || digits is "-")
            throw Fault("the shape holds something other than a whole number", start);
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long length) && length >= 0
            ? length
            : throw Fault($"an axis has length {Printable.Text(digits[..Math.Min(digits.Length, 40)].ToString())}, expected a whole number from 0 to 2^63 - 1", start, ArtifactCodes.InvalidShape);
    }

    private bool ReadBoolean()
    {
        _ = Peek();
        foreach (string word in (ReadOnlySpan<string>)["True", "False"])
        {
            if (_text[_at..].StartsWith(word))
            {
                _at += word.Length;
                return word == "True";
            }
        }

        throw Fault("fortran_order is neither True nor False", _at);
    }

    /// <summary>Passes over the list of fields of a structured type, and notes whether one holds objects.</summary>
    private void SkipFields(int depth)
    {
        _meter.Step();
        if (depth > MaxDepth)
            throw Fault("the type of the elements nests too deep", _at, ArtifactCodes.LimitExceeded);
        char open = Peek();
        if (open is '\'' or '"')
        {
            string text = ReadString();
            _sawObject |= text.Length >= 2 && text[0] is '|' or '<' or '>' && text[1] == 'O';
        }
        else if (open is '(' or '[')
        {
            _at++;
            char close = open == '(' ? ')' : ']';
            while (!Accept(close))
            {
                SkipFields(depth + 1);
                if (!Accept(','))
                {
                    Expect(close, "a comma or the end of a list");
                    break;
                }
            }
        }
        else if (char.IsAsciiDigit(open))
        {
            _ = ReadLength();
        }
        else
        {
            throw Fault("the type of the elements is neither a string nor a list of fields", _at);
        }
    }

    private string ReadString()
    {
        char quote = Peek();
        int start = _at;
        if (quote is not ('\'' or '"'))
            throw Fault("expected a string", start);
        int length = _text[(_at + 1)..].IndexOf(quote);
        if (length < 0)
            throw Fault("a string does not end", start);
        ReadOnlySpan<char> inside = _text.Slice(_at + 1, length);
        if (inside.IndexOfAny('\\', '\n') >= 0)
            throw Fault("a string has an escape, which no writer of the format uses", start);
        _meter.Charge(64 + (2 * length));
        _at += length + 2;
        return inside.ToString();
    }

    /// <summary>The next character that is not white space, or NUL at the end; it is not consumed.</summary>
    private char Peek()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\t' or '\r')
            _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private bool Accept(char wanted)
    {
        if (Peek() != wanted)
            return false;
        _at++;
        return true;
    }

    private void Expect(char wanted, string what)
    {
        if (!Accept(wanted))
            throw Fault($"expected {what}, found {(_at < _text.Length ? $"'{Printable.Text(_text[_at].ToString())}'" : "the end of the header")}", _at);
    }

    private readonly ArtifactException Fault(string message, int at, DiagnosticCode? code = null) => new(code ?? ArtifactCodes.Malformed, message) { Offset = _origin + at };
}
