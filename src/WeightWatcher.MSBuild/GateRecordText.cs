using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace WeightWatcher.MSBuild;

/// <summary>
/// A record as JSON. Property by property: serializers, those made at compile time too, build tables of types at their first use, and every build would wait for that.
/// </summary>
internal static class GateRecordText
{
    /// <summary>The version of this form; a record of another version counts as none.</summary>
    private const int Version = 3;

    private const string Day = "yyyy-MM-dd";

    /// <summary>Reads a record; null when it is of another version or something is missing.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static GateRecord? Parse(ReadOnlyMemory<byte> text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        try
        {
            JsonElement root = document.RootElement;
            return root.GetProperty("version").GetInt32() == Version
                ? new() { Artifacts = List(root.GetProperty("artifacts"), Artifact), OfTheList = List(root.GetProperty("of_the_list"), Diagnostic) }
                : null;
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes a record.</summary>
    public static byte[] Of(GateRecord record)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            Write(json, "artifacts", record.Artifacts, Write);
            Write(json, "of_the_list", record.OfTheList, Write);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static RecordedArtifact Artifact(JsonElement json) => new()
    {
        Item = Item(json.GetProperty("item")),
        Key = Text(json, "key"),
        Inputs = List(json.GetProperty("inputs"), Stamp),
        Reports = List(json.GetProperty("reports"), Stamp),
        Diagnostics = List(json.GetProperty("diagnostics"), Diagnostic),
        GitInputs = List(json.GetProperty("git_inputs"), Git),
        HoldsUntil = TextOrNull(json, "holds_until") is { } day ? DateOnly.ParseExact(day, Day, CultureInfo.InvariantCulture) : null,
        Acceptable = List(json.GetProperty("acceptable"), element => element.GetString()!),
        OnnxRuntime = TextOrNull(json, "onnxruntime"),
        Layers = json.GetProperty("layers").GetInt32(),
    };

    private static void Write(Utf8JsonWriter json, RecordedArtifact artifact)
    {
        json.WriteStartObject();
        json.WritePropertyName("item");
        Write(json, artifact.Item);
        json.WriteString("key", artifact.Key);
        Write(json, "inputs", artifact.Inputs, Write);
        Write(json, "reports", artifact.Reports, Write);
        Write(json, "diagnostics", artifact.Diagnostics, Write);
        Write(json, "git_inputs", artifact.GitInputs, Write);
        json.WriteString("holds_until", artifact.HoldsUntil?.ToString(Day, CultureInfo.InvariantCulture));
        Write(json, "acceptable", artifact.Acceptable, (to, pattern) => to.WriteStringValue(pattern));
        json.WriteString("onnxruntime", artifact.OnnxRuntime);
        json.WriteNumber("layers", artifact.Layers);
        json.WriteEndObject();
    }

    private static ModelItem Item(JsonElement json) => new()
    {
        Path = Text(json, "path"),
        Policy = TextOrNull(json, "policy"),
        Baseline = TextOrNull(json, "baseline"),
        BaseModel = TextOrNull(json, "base_model"),
        Name = TextOrNull(json, "name"),
    };

    private static void Write(Utf8JsonWriter json, ModelItem item)
    {
        json.WriteStartObject();
        json.WriteString("path", item.Path);
        json.WriteString("policy", item.Policy);
        json.WriteString("baseline", item.Baseline);
        json.WriteString("base_model", item.BaseModel);
        json.WriteString("name", item.Name);
        json.WriteEndObject();
    }

    private static FileStamp Stamp(JsonElement json) => new()
    {
        Path = Text(json, "path"),
        Target = Text(json, "target"),
        Length = NumberOrNull(json, "length"),
        Modified = NumberOrNull(json, "modified"),
        Hash = TextOrNull(json, "hash"),
    };

    private static void Write(Utf8JsonWriter json, FileStamp stamp)
    {
        json.WriteStartObject();
        json.WriteString("path", stamp.Path);
        json.WriteString("target", stamp.Target);
        WriteNumber(json, "length", stamp.Length);
        WriteNumber(json, "modified", stamp.Modified);
        json.WriteString("hash", stamp.Hash);
        json.WriteEndObject();
    }

    private static BuildDiagnostic Diagnostic(JsonElement json) => new(
        (Severity)json.GetProperty("severity").GetInt32(),
        Text(json, "code"),
        Text(json, "message"),
        Text(json, "file"),
        json.GetProperty("line").GetInt32(),
        json.GetProperty("column").GetInt32());

    private static void Write(Utf8JsonWriter json, BuildDiagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteNumber("severity", (int)diagnostic.Severity);
        json.WriteString("code", diagnostic.Code);
        json.WriteString("message", diagnostic.Message);
        json.WriteString("file", diagnostic.File);
        json.WriteNumber("line", diagnostic.Line);
        json.WriteNumber("column", diagnostic.Column);
        json.WriteEndObject();
    }

    private static GitInput Git(JsonElement json) => new(Text(json, "path"), Text(json, "folder"), Text(json, "object_id"));

    private static void Write(Utf8JsonWriter json, GitInput input)
    {
        json.WriteStartObject();
        json.WriteString("path", input.Path);
        json.WriteString("folder", input.Folder);
        json.WriteString("object_id", input.ObjectId);
        json.WriteEndObject();
    }

    private static List<T> List<T>(JsonElement json, Func<JsonElement, T> read)
    {
        List<T> list = [];
        foreach (JsonElement element in json.EnumerateArray())
            list.Add(read(element));
        return list;
    }

    private static void Write<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> list, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T value in list)
            write(json, value);
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static string Text(JsonElement json, string name) => TextOrNull(json, name) ?? throw new KeyNotFoundException(name);

    private static string? TextOrNull(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static long? NumberOrNull(JsonElement json, string name) => json.GetProperty(name) is { ValueKind: not JsonValueKind.Null } number ? number.GetInt64() : null;
}
