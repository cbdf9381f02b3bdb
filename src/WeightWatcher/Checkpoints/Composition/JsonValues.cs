using System.Text.Json;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>Values of an untrusted JSON object; null where a key is missing or holds something of another kind.</summary>
internal static class JsonValues
{
    /// <summary>The text under a key.</summary>
    public static string? Text(this JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The number under a key.</summary>
    public static double? Number(this JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number : null;

    /// <summary>True when the key holds the truth value true.</summary>
    public static bool IsTrue(this JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The object under a key.</summary>
    public static JsonElement? Object(this JsonElement json, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>The list of whole numbers under a key.</summary>
    public static long[]? Integers(this JsonElement json, string key)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(key, out JsonElement value) || value.ValueKind != JsonValueKind.Array)
            return null;
        List<long> numbers = [];
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out long number))
                return null;
            numbers.Add(number);
        }

        return [.. numbers];
    }
}
