using System.Text.Json;
using System.Text.Unicode;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Sharded;

/// <summary>The content of a <c>*.index.json</c>: which tensor lies in which file.</summary>
/// <param name="ShardOf">The file name of each tensor, as it stands.</param>
/// <param name="Shards">The file names, each once, in ordinal order.</param>
/// <param name="TotalBytes">What <c>metadata.total_size</c> says, or null when it says nothing.</param>
internal sealed record ShardIndex(IReadOnlyDictionary<string, string> ShardOf, IReadOnlyList<string> Shards, long? TotalBytes)
{
    /// <summary>The largest index that is read, in bytes: as large as the largest header of a safetensors file.</summary>
    public const long MaxBytes = 100_000_000;

    private const int MaxDepth = 16;

    /// <summary>Parses an index.</summary>
    /// <exception cref="ArtifactException">It is not JSON of the form that an index has.</exception>
    public static ShardIndex Parse(ByteSource file, ReadLimits limits, CancellationToken cancellationToken)
    {
        if (file.Length > MaxBytes)
            throw new ArtifactException(ArtifactCodes.LimitExceeded, FormattableString.Invariant($"the index has {file.Length} bytes, at most {MaxBytes} are read"));
        byte[] bytes = new byte[(int)file.Length];
        file.Read(0, bytes);
        if (!Utf8.IsValid(bytes))
            throw new ArtifactException(ArtifactCodes.Malformed, "the index is not UTF-8 text") { Offset = 0 };
        ReadOnlySpan<byte> text = bytes;
        if (text.StartsWith<byte>([0xef, 0xbb, 0xbf]))
            text = text[3..];
        Utf8JsonReader json = new(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            return Read(ref json, limits, cancellationToken);
        }
        catch (JsonException e)
        {
            throw new ArtifactException(ArtifactCodes.Malformed, $"the index is not valid JSON: {Printable.Text(e.Message)}", e) { Offset = json.BytesConsumed };
        }
        catch (InvalidOperationException e)
        {
            throw new ArtifactException(ArtifactCodes.Malformed, "a string in the index is not valid Unicode", e) { Offset = json.TokenStartIndex };
        }
    }

    private static ShardIndex Read(ref Utf8JsonReader json, ReadLimits limits, CancellationToken cancellationToken)
    {
        Dictionary<string, string>? map = null;
        long? totalBytes = null;
        HashSet<string> keys = new(StringComparer.Ordinal);
        Next(ref json);
        Expect(ref json, JsonTokenType.StartObject, "an object");
        while (NextKey(ref json))
        {
            string key = json.GetString()!;
            if (!keys.Add(key))
                throw Fault(ref json, $"the key '{Printable.Text(key)}' appears twice");
            Next(ref json);
            if (key == "weight_map")
                map = ReadMap(ref json, limits, cancellationToken);
            else if (key == "metadata" && json.TokenType == JsonTokenType.StartObject)
                totalBytes = ReadTotal(ref json);
            else
                json.Skip();
        }

        if (json.Read())
            throw Fault(ref json, "the index goes on after its object");
        if (map is null)
            throw Fault(ref json, "the index has no weight_map");
        return new ShardIndex(map, [.. map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], totalBytes);
    }

    private static Dictionary<string, string> ReadMap(ref Utf8JsonReader json, ReadLimits limits, CancellationToken cancellationToken)
    {
        Expect(ref json, JsonTokenType.StartObject, "an object as weight_map");
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        while (NextKey(ref json))
        {
            if ((map.Count & 0xff) == 0)
                cancellationToken.ThrowIfCancellationRequested();
            string name = json.GetString()!;
            Next(ref json);
            Expect(ref json, JsonTokenType.String, $"a file name as value of '{Printable.Text(name)}'");
            string shard = json.GetString()!;
            // One string per file, not one per tensor.
            if (!files.TryAdd(shard, shard))
                shard = files[shard];
            if (map.Count >= limits.MaxTensors)
                throw Fault(ref json, FormattableString.Invariant($"the index names more than {limits.MaxTensors} tensors"), ArtifactCodes.LimitExceeded);
            if (!map.TryAdd(name, shard))
                throw Fault(ref json, $"the index names '{Printable.Text(name)}' twice", ArtifactCodes.DuplicateTensor);
        }

        return map;
    }

    /// <summary>The <c>total_size</c> where it is a whole number; some tools write it as a float.</summary>
    private static long? ReadTotal(ref Utf8JsonReader json)
    {
        long? total = null;
        while (NextKey(ref json))
        {
            bool isTotal = json.ValueTextEquals("total_size"u8);
            Next(ref json);
            if (isTotal && json.TokenType == JsonTokenType.Number && json.TryGetDouble(out double number) && number is >= 0 and < long.MaxValue && Math.Floor(number) == number)
                total = json.TryGetInt64(out long exact) ? exact : (long)number;
            else if (isTotal)
                throw Fault(ref json, "metadata.total_size is not a whole number of bytes");
            else
                json.Skip();
        }

        return total;
    }

    private static void Next(ref Utf8JsonReader json)
    {
        if (!json.Read())
            throw Fault(ref json, "the index ends early");
    }

    private static bool NextKey(ref Utf8JsonReader json)
    {
        Next(ref json);
        return json.TokenType != JsonTokenType.EndObject;
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type, string wanted)
    {
        if (json.TokenType != type)
            throw Fault(ref json, $"expected {wanted}, found {json.TokenType}");
    }

    private static ArtifactException Fault(ref Utf8JsonReader json, string message, DiagnosticCode? code = null) =>
        new(code ?? ArtifactCodes.Malformed, message) { Offset = json.TokenStartIndex };
}
