using System.Collections.Immutable;
using System.Text.Json;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Safetensors;

/// <summary>
/// Parses the JSON header of a safetensors file (https://github.com/huggingface/safetensors#format): one object whose keys are tensor names,
/// and <c>__metadata__</c>, a map of strings.
/// </summary>
/// <remarks>
/// Stricter than the reference implementation in one point: a key that appears twice is refused, as the specification says, where the
/// implementation keeps the last. As lenient in another: white space before the opening brace is accepted.
/// </remarks>
internal ref struct SafetensorsHeader
{
    private const int MaxDepth = 16;

    private readonly ReadLimits _limits;
    private readonly long _origin;
    private readonly CancellationToken _cancellationToken;
    private Utf8JsonReader _json;

    private SafetensorsHeader(ReadOnlySpan<byte> json, long origin, ReadLimits limits, CancellationToken cancellationToken)
    {
        _limits = limits;
        _origin = origin;
        _cancellationToken = cancellationToken;
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false });
    }

    /// <summary>Parses a header that is valid UTF-8.</summary>
    /// <param name="json">The whole header.</param>
    /// <param name="origin">Where it begins in the file.</param>
    /// <param name="limits">The budget.</param>
    /// <param name="cancellationToken">Stops the parsing.</param>
    /// <returns>The tensors in the order of the header.</returns>
    /// <exception cref="ArtifactException">The text is not JSON of the form that the format asks for.</exception>
    public static List<SafetensorsEntry> Parse(ReadOnlySpan<byte> json, long origin, ReadLimits limits, CancellationToken cancellationToken)
    {
        SafetensorsHeader header = new(json, origin, limits, cancellationToken);
        try
        {
            return header.ReadAll();
        }
        catch (JsonException e)
        {
            throw header.Fault($"the header is not valid JSON: {Printable.Text(FirstSentence(e.Message))}", header._json.BytesConsumed, inner: e);
        }
        catch (InvalidOperationException e)
        {
            // What Utf8JsonReader throws for a string with a lone surrogate in an escape.
            throw header.Fault("a string in the header is not valid Unicode", header._json.TokenStartIndex, inner: e);
        }
    }

    private static string FirstSentence(string message)
    {
        int end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private List<SafetensorsEntry> ReadAll()
    {
        List<SafetensorsEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        Next();
        Expect(JsonTokenType.StartObject, "an object of tensors");
        while (NextKeyOrEnd(JsonTokenType.EndObject))
        {
            if ((entries.Count & 0xff) == 0)
                _cancellationToken.ThrowIfCancellationRequested();
            long at = _json.TokenStartIndex;
            string name = _json.GetString()!;
            if (!names.Add(name))
                throw Fault($"the header names '{Printable.Text(name)}' twice", at, name, ArtifactCodes.DuplicateTensor);
            Next();
            if (name == "__metadata__")
                ReadMetadata();
            else if (entries.Count >= _limits.MaxTensors)
                throw Fault(FormattableString.Invariant($"the header names more than {_limits.MaxTensors} tensors"), at, code: ArtifactCodes.LimitExceeded);
            else
                entries.Add(ReadTensor(name, at));
        }

        if (_json.Read())
            throw Fault("the header goes on after its object", _json.TokenStartIndex);
        return entries;
    }

    private void ReadMetadata()
    {
        Expect(JsonTokenType.StartObject, "an object of strings as __metadata__");
        HashSet<string> keys = new(StringComparer.Ordinal);
        while (NextKeyOrEnd(JsonTokenType.EndObject))
        {
            string key = _json.GetString()!;
            if (!keys.Add(key))
                throw Fault($"__metadata__ has the key '{Printable.Text(key)}' twice", _json.TokenStartIndex);
            Next();
            Expect(JsonTokenType.String, $"a string as value of '{Printable.Text(key)}' in __metadata__");
        }
    }

    private SafetensorsEntry ReadTensor(string name, long at)
    {
        Expect(JsonTokenType.StartObject, "an object that describes the tensor", name);
        string? dtypeName = null;
        SafetensorsDtype? dtype = null;
        ImmutableArray<long>? shape = null;
        (ulong Begin, ulong End)? offsets = null;
        while (NextKeyOrEnd(JsonTokenType.EndObject))
        {
            long keyAt = _json.TokenStartIndex;
            string key = _json.GetString()!;
            bool twice = key switch { "dtype" => dtype is not null, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => false };
            if (twice)
                throw Fault($"the key '{key}' appears twice", keyAt, name);
            Next();
            switch (key)
            {
                case "dtype":
                    Expect(JsonTokenType.String, "a string as dtype", name);
                    dtypeName = _json.GetString()!;
                    dtype = SafetensorsDtypes.Find(dtypeName)
                        ?? throw Fault($"the dtype '{Printable.Text(dtypeName)}' is not one that safetensors defines", _json.TokenStartIndex, name, ArtifactCodes.UnknownElementType);
                    break;
                case "shape":
                    shape = ReadShape(name);
                    break;
                case "data_offsets":
                    offsets = ReadOffsets(name);
                    break;
                default:
                    _json.Skip();
                    break;
            }
        }

        if (dtype is null || shape is null || offsets is null)
        {
            string missing = dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Fault($"the header gives no {missing}", at, name);
        }

        return new SafetensorsEntry(name, dtypeName!, dtype, shape.Value, offsets.Value.Begin, offsets.Value.End, _origin + at);
    }

    private ImmutableArray<long> ReadShape(string name)
    {
        Expect(JsonTokenType.StartArray, "an array of whole numbers as shape", name);
        long at = _json.TokenStartIndex;
        ImmutableArray<long>.Builder axes = ImmutableArray.CreateBuilder<long>();
        while (true)
        {
            Next();
            if (_json.TokenType == JsonTokenType.EndArray)
                return axes.ToImmutable();
            if (axes.Count >= _limits.MaxRank)
                throw Fault(FormattableString.Invariant($"the shape has more than {_limits.MaxRank} axes"), at, name, ArtifactCodes.LimitExceeded);
            Expect(JsonTokenType.Number, "a whole number as length of an axis", name);
            if (!_json.TryGetInt64(out long axis) || axis < 0)
                throw Fault($"an axis has length {Printable.Text(NumberText())}, expected a whole number from 0 to 2^63 - 1", _json.TokenStartIndex, name, ArtifactCodes.InvalidShape);
            axes.Add(axis);
        }
    }

    private (ulong Begin, ulong End) ReadOffsets(string name)
    {
        Expect(JsonTokenType.StartArray, "an array of two whole numbers as data_offsets", name);
        ulong begin = ReadOffset(name);
        ulong end = ReadOffset(name);
        Next();
        Expect(JsonTokenType.EndArray, "exactly two numbers in data_offsets", name);
        return (begin, end);
    }

    private ulong ReadOffset(string name)
    {
        Next();
        Expect(JsonTokenType.Number, "exactly two whole numbers in data_offsets", name);
        return _json.TryGetUInt64(out ulong value)
            ? value
            : throw Fault($"data_offsets holds {Printable.Text(NumberText())}, expected a whole number from 0 to 2^64 - 1", _json.TokenStartIndex, name);
    }

    private readonly string NumberText() => System.Text.Encoding.UTF8.GetString(_json.ValueSpan[..Math.Min(64, _json.ValueSpan.Length)]);

    private void Next()
    {
        if (!_json.Read())
            throw Fault("the header ends early", _json.BytesConsumed);
    }

    private bool NextKeyOrEnd(JsonTokenType end)
    {
        Next();
        return _json.TokenType != end;
    }

    private readonly void Expect(JsonTokenType type, string wanted, string? tensor = null)
    {
        if (_json.TokenType != type)
            throw Fault($"expected {wanted}, found {Describe(_json.TokenType)}", _json.TokenStartIndex, tensor);
    }

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.EndObject => "the end of an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.EndArray => "the end of an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a truth value",
        JsonTokenType.Null => "null",
        _ => "something else",
    };

    private readonly ArtifactException Fault(string message, long at, string? tensor = null, DiagnosticCode? code = null, Exception? inner = null) =>
        new(code ?? ArtifactCodes.Malformed, message, inner) { Offset = _origin + at, Tensor = tensor };
}
