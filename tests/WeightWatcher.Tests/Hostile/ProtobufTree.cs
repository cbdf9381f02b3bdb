using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>A protobuf message as a tree of fields, so that a field deep inside is changed and all lengths around it stay right.</summary>
internal sealed class ProtobufTree
{
    private const int HighestField = 64;

    private readonly List<Field> _fields = [];

    /// <summary>A copy of a message with one field changed, removed, doubled, moved or replaced; the bytes themselves when they are no message.</summary>
    public static byte[] Mutate(byte[] bytes, Random random, ulong[] limits)
    {
        if (Parse(bytes) is not { } tree)
            return bytes;
        List<(ProtobufTree Parent, Field Field)> all = [];
        tree.Collect(all);
        if (all.Count == 0)
            return bytes;
        (ProtobufTree parent, Field field) = all[random.Next(all.Count)];
        (_, Field chosen) = all[random.Next(all.Count)];

        // As bytes, so that a message put into itself makes no circle.
        Field other = chosen with { Bytes = chosen.Child?.ToArray() ?? chosen.Bytes, Child = null };
        int at = parent._fields.IndexOf(field);
        switch (random.Next(7))
        {
            case 0:
                parent._fields.RemoveAt(at);
                break;
            case 1:
                parent._fields.Insert(random.Next(parent._fields.Count + 1), field);
                break;
            case 2:
                parent._fields[at] = other with { Number = field.Number };
                break;
            case 3:
                parent._fields.Insert(at, other);
                break;
            case 4:
                parent._fields[at] = field with { Number = random.Next(1, 32) };
                break;
            case 5:
                parent._fields[at] = new Field(field.Number, 0, limits[random.Next(limits.Length)], [], null);
                break;
            default:
                byte[] content = field.Child?.ToArray() ?? field.Bytes;
                parent._fields[at] = new Field(field.Number, 2, 0, random.Next(2) == 0 ? content[..random.Next(content.Length + 1)] : [.. content, .. content], null);
                break;
        }

        return tree.ToArray();
    }

    private static ProtobufTree? Parse(ReadOnlySpan<byte> bytes)
    {
        ProtobufTree tree = new();
        while (!bytes.IsEmpty)
        {
            if (!TryVarint(ref bytes, out ulong key) || key >> 3 is 0 or > HighestField)
                return null;
            int number = (int)(key >> 3);
            int size = (key & 7) switch { 1 => 8, 5 => 4, _ => 0 };
            ulong value = 0;
            if ((key & 7) is 0 or 2)
            {
                if (!TryVarint(ref bytes, out value))
                    return null;
                size = (key & 7) == 0 ? 0 : value <= (ulong)bytes.Length ? (int)value : -1;
            }
            else if (size == 0)
                return null;
            if (size < 0 || size > bytes.Length)
                return null;
            byte[] content = bytes[..size].ToArray();
            bytes = bytes[size..];
            ProtobufTree? child = (key & 7) == 2 && size > 1 ? Parse(content) : null;
            tree._fields.Add(new Field(number, (int)(key & 7), value, content, child));
        }

        return tree;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (int i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private void Collect(List<(ProtobufTree Parent, Field Field)> all)
    {
        foreach (Field field in _fields)
        {
            all.Add((this, field));
            field.Child?.Collect(all);
        }
    }

    private byte[] ToArray()
    {
        ProtobufWriter writer = new();
        foreach (Field field in _fields)
        {
            if (field.WireType == 2)
                writer.Bytes(field.Number, field.Child?.ToArray() ?? field.Bytes);
            else if (field.WireType == 0)
                writer.Key(field.Number, 0).RawVarint(field.Value);
            else
                writer.Key(field.Number, field.WireType).Raw(field.Bytes);
        }

        return writer.ToArray();
    }

    private sealed record Field(int Number, int WireType, ulong Value, byte[] Bytes, ProtobufTree? Child);
}
