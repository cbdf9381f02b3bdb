using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Gguf;

/// <summary>
/// One GGUF file, version 2 or 3, little-endian (ggml's docs/gguf.md; the limits are those of its src/gguf.cpp): a magic number, counts, key-value
/// pairs, tensor descriptions, then the tensors in the same order, each padded to the alignment.
/// </summary>
internal sealed class GgufFormat : ICheckpointFormat
{
    private const int MagicBytes = 4;
    private const int MaxNameBytes = 63;
    private const int MaxAxes = 4;
    private const int LeastTensorBytes = 8 + 4 + 4 + 8;
    private const int DescriptionBytes = 200;

    /// <inheritdoc/>
    public string Name => "gguf";

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> head, ByteSource file) => head.StartsWith("GGUF"u8);

    /// <inheritdoc/>
    public Checkpoint Read(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        (Checkpoint checkpoint, GgufMetadata metadata) = ReadFile(file, limits, cancellationToken);
        return GgufScales.Apply(
            metadata.SplitCount > 1 ? GgufSplit.Join(file, checkpoint, metadata, part => ReadFile(part, ReadLimits.ForSize(part.Length), cancellationToken)) : checkpoint);
    }

    private (Checkpoint Checkpoint, GgufMetadata Metadata) ReadFile(ArtifactFile file, ReadLimits limits, CancellationToken cancellationToken)
    {
        ReadMeter meter = new(limits, cancellationToken);
        GgufCursor cursor = new(file, meter);
        cursor.Skip(MagicBytes, 1, "the magic number");
        RequireVersion(cursor.UInt32("the version"));
        ulong tensorCount = cursor.UInt64("the number of tensors");
        ulong pairCount = cursor.UInt64("the number of key-value pairs");
        cursor.RequireRoom(tensorCount, LeastTensorBytes, "the number of tensors");
        GgufMetadata metadata = GgufMetadata.Read(cursor, pairCount, meter);
        List<GgufTensorInfo> infos = ReadInfos(cursor, tensorCount, meter);
        long dataStart = infos.Count == 0 ? cursor.Position : Padded(cursor.Position, metadata.Alignment, file.Length, cursor.Position);
        long end = RequireInOrder(infos, metadata.Alignment, dataStart, file.Length);
        return (Describe(file, infos, dataStart, Notes(file.Length - end)), metadata);
    }

    private static void RequireVersion(uint version)
    {
        switch (version)
        {
            case 2 or 3:
                return;
            case 0:
                throw GgufCursor.Malformed("the version is 0, expected 2 or 3", MagicBytes);
            case 1:
                throw new ArtifactException(ArtifactCodes.UnsupportedKind, "the file is GGUF of version 1, which is no longer read; convert the model again to version 3") { Offset = MagicBytes };
            default:
                string found = (version & 0xffff) == 0
                    ? "the file is GGUF in big-endian byte order; convert it to little-endian"
                    : string.Create(CultureInfo.InvariantCulture, $"the file is GGUF of version {version}, versions 2 and 3 can be read");
                throw new ArtifactException(ArtifactCodes.UnsupportedKind, found) { Offset = MagicBytes };
        }
    }

    private static List<GgufTensorInfo> ReadInfos(GgufCursor cursor, ulong count, ReadMeter meter)
    {
        cursor.RequireRoom(count, LeastTensorBytes, "the number of tensors");
        List<GgufTensorInfo> infos = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            meter.Step();
            meter.CountTensor();
            meter.Charge(DescriptionBytes);
            GgufTensorInfo info = ReadInfo(cursor);
            if (!names.Add(info.Name))
                throw Fault(ArtifactCodes.DuplicateTensor, "the header names the tensor twice", info.Name, info.HeaderOffset);
            infos.Add(info);
        }

        return infos;
    }

    private static GgufTensorInfo ReadInfo(GgufCursor cursor)
    {
        long at = cursor.Position;
        string name = cursor.Text("the name of a tensor", MaxNameBytes);
        uint axes = cursor.UInt32("the number of axes of a tensor");
        if (axes > MaxAxes)
            throw Fault(ArtifactCodes.InvalidShape, $"the tensor has {axes} axes, at most {MaxAxes} are allowed", name, at);
        long[] shape = new long[axes];
        for (int i = (int)axes - 1; i >= 0; i--)
        {
            // Read as signed: a length beyond 2^63 - 1 is negative and refused with the product.
            shape[i] = (long)cursor.UInt64("the length of an axis");
        }

        ImmutableArray<long> outermostFirst = [.. shape];
        if (!TensorShape.TryCount(shape, out long count) || count == long.MaxValue)
            throw Fault(ArtifactCodes.InvalidShape, $"the shape {TensorShape.Text(outermostFirst)} is negative or has more elements than can be counted", name, at);
        uint id = cursor.UInt32("the type of a tensor");
        GgmlType type = GgmlType.Find(id) ?? throw Fault(
            ArtifactCodes.UnknownElementType,
            GgmlType.WasRemoved(id) ? $"the element type {id} was removed from the format" : $"the element type {id} is not one that the format defines",
            name,
            at);
        long row = shape.Length == 0 ? 1 : shape[^1];
        if (row % type.BlockLength != 0)
            throw Fault(ArtifactCodes.InvalidShape, $"a row has {row} elements, which is no multiple of the {type.BlockLength} of a {type.Name} block", name, at);
        Int128 bytes = (Int128)(count / type.BlockLength) * type.BlockBytes;
        if (bytes > long.MaxValue)
            throw Fault(ArtifactCodes.InvalidShape, $"the shape {TensorShape.Text(outermostFirst)} of {type.Name} takes more bytes than can be counted", name, at);
        return new GgufTensorInfo(name, outermostFirst, count, type, (long)bytes, cursor.UInt64("the offset of a tensor"), at);
    }

    /// <summary>Each tensor begins where the one before it ends, padded to the alignment; all lie inside the file with their padding.</summary>
    /// <returns>The end of the last one in the file.</returns>
    private static long RequireInOrder(List<GgufTensorInfo> infos, uint alignment, long dataStart, long fileLength)
    {
        long end = dataStart;
        foreach (GgufTensorInfo info in infos)
        {
            long expected = end - dataStart;
            if (info.Offset != (ulong)expected)
            {
                string what = info.Offset > (ulong)expected ? "a hole lies before the tensor" : "the tensor overlaps another one";
                throw Fault(ArtifactCodes.OverlapOrHole, $"{what}: its data begin at {info.Offset}, expected {expected} (aligned to {alignment} bytes)", info.Name, info.HeaderOffset);
            }

            Int128 next = (Int128)expected + info.Bytes;
            next = dataStart + ((next + alignment - 1) / alignment * alignment);
            if (next > fileLength)
                throw Fault(ArtifactCodes.Truncated, $"the data should end at byte {next}, but the file has {fileLength} bytes", info.Name, info.HeaderOffset);
            end = (long)next;
        }

        return end;
    }

    private static long Padded(long position, uint alignment, long fileLength, long at)
    {
        Int128 padded = ((Int128)position + alignment - 1) / alignment * alignment;
        return padded <= fileLength
            ? (long)padded
            : throw new ArtifactException(
                ArtifactCodes.Truncated, string.Create(CultureInfo.InvariantCulture, $"the data should begin at byte {padded}, but the file has {fileLength} bytes"))
            { Offset = at };
    }

    private static ImmutableArray<string> Notes(long trailing) =>
        trailing > 0 ? [string.Create(CultureInfo.InvariantCulture, $"{trailing} bytes follow the last tensor and were not read.")] : [];

    private Checkpoint Describe(ArtifactFile file, List<GgufTensorInfo> infos, long dataStart, ImmutableArray<string> notes)
    {
        ImmutableArray<Tensor>.Builder tensors = ImmutableArray.CreateBuilder<Tensor>(infos.Count);
        foreach (GgufTensorInfo info in infos)
        {
            long offset = dataStart + (long)info.Offset;
            if (info.Type.Encoding is { } encoding)
                tensors.Add(new ContiguousTensor(info.Name, info.Shape, info.Count, encoding, info.Type.Name, file, offset));
            else
                tensors.Add(new BlockTensor(info.Name, info.Shape, info.Count, info.Type, info.Type.Decoder!, file, offset));
        }

        return new Checkpoint { Format = Name, Tensors = tensors.ToImmutable(), Unreadable = [], Files = [file], Notes = notes };
    }

    private static ArtifactException Fault(DiagnosticCode code, FormattableString message, string tensor, long offset) =>
        Fault(code, FormattableString.Invariant(message), tensor, offset);

    private static ArtifactException Fault(DiagnosticCode code, string message, string tensor, long offset) => new(code, message) { Tensor = tensor, Offset = offset };
}
