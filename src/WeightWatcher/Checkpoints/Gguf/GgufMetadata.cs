using System.Globalization;
using System.Numerics;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>
/// The key-value pairs of a GGUF header (ggml's docs/gguf.md, section "File Structure"). Values are checked and passed over, but for the few that say
/// how the tensors lie.
/// </summary>
internal sealed class GgufMetadata
{
    private const int MaxKeyBytes = 4096;
    private const int LeastPairBytes = 8 + 1 + 4 + 1;
    private const uint StringType = 8;
    private const uint ArrayType = 9;
    private const uint UInt16Type = 2;
    private const uint UInt32Type = 4;
    private const uint Int32Type = 5;
    private const ulong MaxArrayElements = 1UL << 30;
    private const uint DefaultAlignment = 32;

    /// <summary>The data begin, and each tensor begins, at a multiple of this many bytes.</summary>
    public uint Alignment { get; private set; } = DefaultAlignment;

    /// <summary>Of how many files the model consists; 1 when nothing is said.</summary>
    public uint SplitCount { get; private set; } = 1;

    /// <summary>Which of the files this is, from 0; null when nothing is said.</summary>
    public uint? SplitNumber { get; private set; }

    /// <summary>How many tensors all the files hold; null when nothing is said.</summary>
    public uint? SplitTensors { get; private set; }

    /// <summary>Reads the pairs.</summary>
    /// <param name="cursor">Stands at the first pair; afterwards behind the last.</param>
    /// <param name="pairs">How many the header claims.</param>
    /// <param name="meter">The budget.</param>
    /// <exception cref="ArtifactException">A pair breaks the rules or the file ends.</exception>
    public static GgufMetadata Read(GgufCursor cursor, ulong pairs, ReadMeter meter)
    {
        cursor.RequireRoom(pairs, LeastPairBytes, "the number of key-value pairs");
        GgufMetadata metadata = new();
        HashSet<string> keys = new(StringComparer.Ordinal);
        for (ulong i = 0; i < pairs; i++)
        {
            meter.Step();
            long at = cursor.Position;
            string key = cursor.Text("a key", MaxKeyBytes);
            if (key.Length == 0)
                throw GgufCursor.Malformed("a key is empty", at);
            if (!keys.Add(key))
                throw GgufCursor.Malformed($"the key '{Printable.Text(key)}' appears twice", at);
            metadata.ReadValue(cursor, key, meter);
        }

        return metadata;
    }

    private void ReadValue(GgufCursor cursor, string key, ReadMeter meter)
    {
        string what = $"the value of '{Printable.Text(key)}'";
        long at = cursor.Position;
        uint type = cursor.UInt32($"the type of {what}");
        if (key == "general.alignment")
            ReadAlignment(cursor, type, at);
        else if (key == "split.count" && type == UInt16Type)
            SplitCount = cursor.UInt16(what);
        else if (key == "split.no" && type == UInt16Type)
            SplitNumber = cursor.UInt16(what);
        else if (key == "split.tensors.count" && type is (UInt32Type or Int32Type))
            SplitTensors = cursor.UInt32(what);
        else if (type == StringType)
            cursor.SkipText(what);
        else if (type == ArrayType)
            SkipArray(cursor, what, meter);
        else
            cursor.Skip(1, SizeOf(type, what, at), what);
    }

    private void ReadAlignment(GgufCursor cursor, uint type, long at)
    {
        if (type != UInt32Type)
            throw GgufCursor.Malformed(string.Create(CultureInfo.InvariantCulture, $"general.alignment is of value type {type}, expected {UInt32Type} (uint32)"), at);
        Alignment = cursor.UInt32("general.alignment");
        if (!BitOperations.IsPow2(Alignment))
            throw GgufCursor.Malformed(string.Create(CultureInfo.InvariantCulture, $"general.alignment is {Alignment}, expected a power of two"), at);
    }

    private static void SkipArray(GgufCursor cursor, string what, ReadMeter meter)
    {
        long at = cursor.Position;
        uint type = cursor.UInt32($"the element type of {what}");
        ulong count = cursor.UInt64($"the length of {what}");
        if (type == ArrayType)
            throw GgufCursor.Malformed($"{what} is an array of arrays, which no reader of the format takes", at);
        if (count > MaxArrayElements && count <= long.MaxValue)
            throw GgufCursor.Malformed(string.Create(CultureInfo.InvariantCulture, $"{what} claims {count} elements, at most {MaxArrayElements} are allowed"), at);
        if (type != StringType)
        {
            cursor.Skip(count, SizeOf(type, what, at), what);
            return;
        }

        cursor.RequireRoom(count, sizeof(ulong), what);
        for (ulong i = 0; i < count; i++)
        {
            meter.Step();
            cursor.SkipText(what);
        }
    }

    private static int SizeOf(uint type, string what, long at) => type switch
    {
        0 or 1 or 7 => 1,
        UInt16Type or 3 => 2,
        UInt32Type or Int32Type or 6 => 4,
        10 or 11 or 12 => 8,
        _ => throw GgufCursor.Malformed(string.Create(CultureInfo.InvariantCulture, $"{what} is of value type {type}, expected 0 to 12"), at),
    };
}
