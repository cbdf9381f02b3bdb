using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using WeightWatcher.Metrics;

namespace WeightWatcher.Caching;

/// <summary>
/// The bytes of a cached row: a mark, the key, the row with every number bit by bit, and SHA-256 over all of that. What identifies the layer in
/// its model, name, number and shape, is not kept.
/// </summary>
internal static class LayerEntry
{
    /// <summary>An entry above this length is damaged: a row has some fifty columns.</summary>
    public const int LongestBytes = 1 << 22;

    private const int ChecksumLength = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Mark => "WWROW3\r\n"u8;

    /// <summary>Writes a row.</summary>
    public static byte[] Encode(LayerKey key, LayerReport row)
    {
        using MemoryStream stream = new();
        using (BinaryWriter writer = new(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Mark);
            writer.Write(key.Hash.Span);
            writer.Write(row.Status);
            writer.Write(row.Warning);
            writer.Write((int)row.Fault);
            WriteOptional(writer, row.FaultDetail);
            WriteOptional(writer, row.InitKind);
            WriteOptional(writer, row.ContentMark is { } mark ? unchecked((long)mark) : null);
            writer.Write(row.Metrics.Length);
            foreach ((string name, Measurement value) in row.Metrics)
            {
                writer.Write(name);
                writer.Write((byte)value.Status);
                if (value.IsMeasured)
                    writer.Write(value.Value);
                else
                    writer.Write(value.Reason ?? "");
            }

            writer.Write(row.Traps.Length);
            foreach (TrapReport trap in row.Traps)
                WriteTrap(writer, trap);
            writer.Write(row.Sketch is not null);
            if (row.Sketch is { } sketch)
                SketchEntry.Write(writer, sketch);
        }

        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Reads a row.</summary>
    /// <param name="bytes">The entry; any bytes at all.</param>
    /// <param name="key">The key that it must have.</param>
    /// <param name="layer">A row that identifies the layer.</param>
    /// <param name="row"><paramref name="layer"/> with what was measured.</param>
    /// <returns>False when the entry is damaged or of another key.</returns>
    public static bool TryDecode(byte[] bytes, LayerKey key, LayerReport layer, [NotNullWhen(true)] out LayerReport? row)
    {
        row = null;
        int length = bytes.Length - ChecksumLength;
        if (length < Mark.Length + LayerKey.Length || !bytes.AsSpan().StartsWith(Mark) || !bytes.AsSpan(Mark.Length, LayerKey.Length).SequenceEqual(key.Hash.Span)
            || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
            return false;
        using MemoryStream stream = new(bytes, Mark.Length + LayerKey.Length, length - Mark.Length - LayerKey.Length);
        using BinaryReader reader = new(stream, Encoding.UTF8);
        row = layer with
        {
            Status = reader.ReadString(),
            Warning = reader.ReadString(),
            Fault = (LayerFault)reader.ReadInt32(),
            FaultDetail = ReadOptional(reader),
            InitKind = ReadOptional(reader),
            ContentMark = ReadOptionalNumber(reader) is { } mark ? unchecked((ulong)mark) : null,
            Metrics = ReadMetrics(reader),
            Traps = ReadTraps(reader),
            Sketch = reader.ReadBoolean() ? SketchEntry.Read(reader) : null,
        };
        return true;
    }

    private static ImmutableArray<KeyValuePair<string, Measurement>> ReadMetrics(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        ImmutableArray<KeyValuePair<string, Measurement>>.Builder metrics = ImmutableArray.CreateBuilder<KeyValuePair<string, Measurement>>();
        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadString();
            metrics.Add(KeyValuePair.Create(name, (MeasurementStatus)reader.ReadByte() switch
            {
                MeasurementStatus.Measured => Measurement.Of(reader.ReadDouble()),
                MeasurementStatus.NotApplicable => Measurement.NotApplicable(reader.ReadString()),
                _ => Measurement.Failed(reader.ReadString()),
            }));
        }

        return metrics.ToImmutable();
    }

    private static ImmutableArray<TrapReport> ReadTraps(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        ImmutableArray<TrapReport>.Builder traps = ImmutableArray.CreateBuilder<TrapReport>();
        for (int i = 0; i < count; i++)
        {
            double lambda = reader.ReadDouble(), edge = reader.ReadDouble();
            string cause = reader.ReadString();
            long? row = ReadOptionalNumber(reader), column = ReadOptionalNumber(reader);
            traps.Add(new TrapReport(lambda, edge, cause, row, column, reader.ReadInt32(), reader.ReadDouble()));
        }

        return traps.ToImmutable();
    }

    private static void WriteTrap(BinaryWriter writer, TrapReport trap)
    {
        writer.Write(trap.Lambda);
        writer.Write(trap.Edge);
        writer.Write(trap.Cause);
        WriteOptional(writer, trap.Row);
        WriteOptional(writer, trap.Column);
        writer.Write(trap.Slice);
        writer.Write(trap.Size);
    }

    private static void WriteOptional(BinaryWriter writer, string? value)
    {
        writer.Write(value is not null);
        if (value is not null)
            writer.Write(value);
    }

    private static string? ReadOptional(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    private static void WriteOptional(BinaryWriter writer, long? value)
    {
        writer.Write(value.HasValue);
        if (value.HasValue)
            writer.Write(value.Value);
    }

    private static long? ReadOptionalNumber(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadInt64() : null;
}
