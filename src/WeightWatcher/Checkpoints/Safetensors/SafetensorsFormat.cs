using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Unicode;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Detection;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Safetensors;

/// <summary>
/// One safetensors file (https://github.com/huggingface/safetensors#format): eight bytes of little-endian header length, a JSON header, then the
/// tensors, which cover the rest of the file exactly, without holes and without overlaps.
/// </summary>
internal sealed class SafetensorsFormat : ICheckpointFormat
{
    /// <summary>The largest header that the format allows, in bytes (<c>MAX_HEADER_SIZE</c> of the reference implementation).</summary>
    public const long MaxHeaderBytes = 100_000_000;

    private const int LengthBytes = 8;

    /// <inheritdoc/>
    public string Name => "safetensors";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file)
    {
        if (head.Length < LengthBytes)
            return false;
        ReadOnlySpan<byte> json = head[LengthBytes..].TrimStart(" \t\r\n"u8);
        ReadOnlySpan<byte> inside = json.IsEmpty ? json : json[1..].TrimStart(" \t\r\n"u8);
        // A JSON object, and not in the middle of a text: the eight bytes of a length hold bytes that no text does.
        bool startsObject = json.StartsWith("{"u8) && (inside.IsEmpty || inside[0] is (byte)'"' or (byte)'}');
        if (startsObject && head[..LengthBytes].IndexOfAnyExceptInRange((byte)0x09, (byte)0x7e) >= 0)
            return true;
        // No object where one belongs. A length that the format allows still says safetensors: the first eight bytes of nearly all other
        // formats are larger.
        return BinaryPrimitives.ReadUInt64LittleEndian(head) is > 0 and <= MaxHeaderBytes && BinarySignatures.Find(head) is null;
    }

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        List<SafetensorsEntry> entries = ReadHeader(file, limits, cancellationToken, out long dataStart);
        return Describe(file, entries, dataStart);
    }

    /// <summary>Reads and checks the header: every entry is inside the file, and together they cover the data exactly.</summary>
    /// <param name="file">The file.</param>
    /// <param name="limits">The budget.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="dataStart">Where the data begin, in bytes from the start of the file.</param>
    /// <returns>The entries in the order of their data.</returns>
    internal static List<SafetensorsEntry> ReadHeader(ByteSource file, ReadLimits limits, CancellationToken cancellationToken, out long dataStart)
    {
        if (file.Length < LengthBytes)
            throw new ArtifactException(ArtifactCodes.Truncated, FormattableString.Invariant($"the file has {file.Length} bytes, expected at least the 8 of the header's length"));
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        file.Read(0, lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > MaxHeaderBytes)
        {
            throw new ArtifactException(
                ArtifactCodes.Malformed, FormattableString.Invariant($"the header claims {length} bytes, the format allows {MaxHeaderBytes} at most"))
            { Offset = 0 };
        }

        dataStart = LengthBytes + (long)length;
        if (dataStart > file.Length)
        {
            throw new ArtifactException(
                ArtifactCodes.Truncated,
                FormattableString.Invariant($"the header should have {length} bytes, but only {file.Length - LengthBytes} follow: {dataStart - file.Length} are missing"))
            { Offset = 0 };
        }

        byte[] header = new byte[(int)length];
        file.Read(LengthBytes, header);
        if (!Utf8.IsValid(header))
            throw new ArtifactException(ArtifactCodes.Malformed, "the header is not UTF-8 text") { Offset = LengthBytes };
        List<SafetensorsEntry> entries = SafetensorsHeader.Parse(header, LengthBytes, limits, cancellationToken);
        entries.Sort(static (a, b) => (a.Begin, a.End, a.HeaderOffset).CompareTo((b.Begin, b.End, b.HeaderOffset)));
        CheckCoverage(entries, dataStart, file.Length);
        return entries;
    }

    /// <summary>The tensors of entries that <see cref="ReadHeader"/> has checked.</summary>
    internal static (ImmutableArray<Tensor> Tensors, ImmutableArray<UnreadableTensor> Unreadable) Tensors(ByteSource file, List<SafetensorsEntry> entries, long dataStart)
    {
        ImmutableArray<Tensor>.Builder tensors = ImmutableArray.CreateBuilder<Tensor>(entries.Count);
        ImmutableArray<UnreadableTensor>.Builder unreadable = ImmutableArray.CreateBuilder<UnreadableTensor>();
        foreach (SafetensorsEntry entry in entries)
        {
            _ = TensorShape.TryCount(entry.Shape.AsSpan(), out long count);
            if (entry.Dtype.Encoding is { } encoding)
                tensors.Add(new ContiguousTensor(entry.Name, entry.Shape, count, encoding, entry.DtypeName, file, dataStart + (long)entry.Begin));
            else
                unreadable.Add(UnreadableTensor.Weight(entry.Name, entry.Shape, entry.Dtype.WhyUnreadable!));
        }

        return (tensors.ToImmutable(), unreadable.ToImmutable());
    }

    private Checkpoint Describe(ArtifactFile file, List<SafetensorsEntry> entries, long dataStart)
    {
        (ImmutableArray<Tensor> tensors, ImmutableArray<UnreadableTensor> unreadable) = Tensors(file, entries, dataStart);
        return new Checkpoint { Format = Name, Tensors = tensors, Unreadable = unreadable, Files = [file] };
    }

    private static void CheckCoverage(List<SafetensorsEntry> entries, long dataStart, long fileLength)
    {
        ulong available = (ulong)(fileLength - dataStart);
        ulong covered = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.End < entry.Begin)
                throw Fault(entry, ArtifactCodes.Malformed, $"the data end at {entry.End}, before they begin at {entry.Begin}");
            if (entry.Begin != covered)
            {
                string what = entry.Begin > covered ? "a hole lies before the tensor" : "the tensor overlaps another one";
                throw Fault(entry, ArtifactCodes.OverlapOrHole, $"{what}: its data begin at {entry.Begin}, expected {covered}");
            }

            CheckSize(entry);
            covered = entry.End;
            if (covered > available)
                throw Fault(entry, ArtifactCodes.Truncated, $"the data should end at {entry.End}, but only {available} bytes follow the header: at least {covered - available} are missing");
        }

        if (covered != available)
        {
            throw new ArtifactException(
                ArtifactCodes.Malformed,
                FormattableString.Invariant($"{available - covered} bytes follow the last tensor, expected none"))
            { Offset = dataStart + (long)covered };
        }
    }

    private static void CheckSize(SafetensorsEntry entry)
    {
        if (!TensorShape.TryCount(entry.Shape.AsSpan(), out long count))
            throw Fault(entry, ArtifactCodes.InvalidShape, $"the shape {TensorShape.Text(entry.Shape)} has more elements than can be counted");
        Int128 bits = (Int128)count * entry.Dtype.Bits;
        if (bits % 8 != 0)
            throw Fault(entry, ArtifactCodes.InvalidShape, $"{count} elements of type {entry.DtypeName} do not fill whole bytes");
        if (bits / 8 != (Int128)(entry.End - entry.Begin))
        {
            throw Fault(
                entry,
                ArtifactCodes.InvalidShape,
                $"the shape {TensorShape.Text(entry.Shape)} of {entry.DtypeName} needs {bits / 8} bytes, but data_offsets give {entry.End - entry.Begin}");
        }
    }

    private static ArtifactException Fault(SafetensorsEntry entry, DiagnosticCode code, FormattableString message) =>
        new(code, FormattableString.Invariant(message)) { Offset = entry.HeaderOffset, Tensor = entry.Name };
}
