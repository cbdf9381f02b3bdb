using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>A dataset: shape, type, and its elements in row-major order.</summary>
/// <param name="Shape">The length of each axis.</param>
/// <param name="Count">The product of <paramref name="Shape"/>.</param>
/// <param name="Type">How an element is stored.</param>
/// <param name="Elements">All elements; null when they cannot be given.</param>
/// <param name="WhyUnreadable">Why they cannot; null when they can.</param>
/// <param name="Extents">The bytes of the file that hold them.</param>
internal sealed record Hdf5Dataset(
    ImmutableArray<long> Shape, long Count, Hdf5Datatype Type, ByteSource? Elements, string? WhyUnreadable, ImmutableArray<(long Address, long Length)> Extents)
{
    private const byte Compact = 0;
    private const byte Contiguous = 1;
    private const byte Chunked = 2;
    private const byte Virtual = 3;

    /// <summary>Bytes that any compressed dataset may grow to; beyond it a compressed dataset may grow 64 times.</summary>
    private const long FreeGrowth = 8 << 20;

    private const long LargestGrowth = 64;

    /// <summary>True for the header of a dataset.</summary>
    public static bool IsDataset(Hdf5ObjectHeader header) => header.Has(Hdf5ObjectHeader.Layout);

    /// <summary>Reads the description of a dataset (HDF5 File Format Specification 3.0, section IV.A.2.i, data layout).</summary>
    /// <param name="file">The file.</param>
    /// <param name="header">Its object header.</param>
    /// <exception cref="ArtifactException"><c>WWG2016</c> when the elements are in other files.</exception>
    public static Hdf5Dataset Read(Hdf5File file, Hdf5ObjectHeader header)
    {
        Hdf5Cursor layout = header.Find(Hdf5ObjectHeader.Layout)!;
        if (header.Has(Hdf5ObjectHeader.ExternalFiles))
            throw OtherFile("external storage", layout);
        ImmutableArray<long> shape = Hdf5Dataspace.Read(header.Find(Hdf5ObjectHeader.Dataspace) ?? throw layout.Malformed("a dataset has no dataspace"), out ImmutableArray<long> most);
        Hdf5Datatype type = Hdf5Datatype.Read(header.Find(Hdf5ObjectHeader.Datatype) ?? throw layout.Malformed("a dataset has no type"));
        if (!TensorShape.TryCount(shape.AsSpan(), out long count) || count > long.MaxValue / type.Size)
            throw InvalidShape(layout, $"the shape {TensorShape.Text(shape)} of {type.Name} has more elements than can be counted");
        Hdf5Dataset dataset = new(shape, count, type, null, null, []);
        byte version = layout.U8();
        if (version is not (3 or 4))
            throw layout.Unsupported(FormattableString.Invariant($"a data layout has version {version}; 3 and 4 can be read"));
        byte kind = layout.U8();
        return kind switch
        {
            _ when kind == Virtual => throw OtherFile("a virtual dataset", layout),
            _ when type.Encoding is null => dataset with { WhyUnreadable = $"elements are {type.Name}" },
            Compact => dataset.FromCompact(layout),
            Contiguous => dataset.FromContiguous(file, layout),
            Chunked when version == 3 => dataset.FromChunks(file, layout, Hdf5Filters.Read(header.Find(Hdf5ObjectHeader.Filters))),
            Chunked => dataset.FromIndexedChunks(file, layout, Hdf5Filters.Read(header.Find(Hdf5ObjectHeader.Filters)), most),
            _ => throw layout.Malformed(FormattableString.Invariant($"the data layout class {kind} is unknown")),
        };
    }

    private Hdf5Dataset FromCompact(Hdf5Cursor layout)
    {
        int size = layout.U16();
        RequireSize(size, layout);
        return this with { Elements = new MemorySource(layout.Memory(size)) };
    }

    private Hdf5Dataset FromContiguous(Hdf5File file, Hdf5Cursor layout)
    {
        long? address = layout.Address();
        long size = layout.Length();
        if (Count == 0)
            return this with { Elements = new MemorySource(ReadOnlyMemory<byte>.Empty) };
        RequireSize(size, layout);
        return address is { } start
            ? this with { Elements = file.Window(start, size), Extents = [(start, size)] }
            : this with { WhyUnreadable = "its elements were never written" };
    }

    private Hdf5Dataset FromChunks(Hdf5File file, Hdf5Cursor layout, Hdf5Filters filters)
    {
        int rank = layout.U8() - 1;
        if (rank != Shape.Length || rank < 1)
            throw layout.Malformed(FormattableString.Invariant($"the chunks have {rank} dimensions, the dataset has {Shape.Length}"));
        long? tree = layout.Address();
        ImmutableArray<long>.Builder builder = ImmutableArray.CreateBuilder<long>(rank);
        for (int axis = 0; axis < rank; axis++)
            builder.Add(layout.U32());
        ImmutableArray<long> chunkShape = builder.MoveToImmutable();
        if (layout.U32() != Type.Size)
            throw layout.Malformed("the chunks have elements of another size than the dataset");
        if (chunkShape.Contains(0) || !TensorShape.TryCount(chunkShape.AsSpan(), out long chunkCount) || chunkCount > int.MaxValue / Type.Size)
            throw InvalidShape(layout, $"chunks of {TensorShape.Text(chunkShape)} elements are impossible");
        if (filters.WhyUnreadable is { } why)
            return this with { WhyUnreadable = why };
        if (Count == 0)
            return this with { Elements = new MemorySource(ReadOnlyMemory<byte>.Empty) };
        if (tree is not { } root)
            return this with { WhyUnreadable = "its elements were never written" };

        return WithChunks(file, layout, filters, ReadChunks(file, root, chunkShape), chunkShape, chunkCount);
    }

    /// <summary>Chunks with an index of HDF5 1.10 or newer (data layout version 4).</summary>
    private Hdf5Dataset FromIndexedChunks(Hdf5File file, Hdf5Cursor layout, Hdf5Filters filters, ImmutableArray<long> most)
    {
        byte flags = layout.U8();
        int rank = layout.U8() - 1;
        if (rank != Shape.Length || rank < 1)
            throw layout.Malformed(FormattableString.Invariant($"the chunks have {rank} dimensions, the dataset has {Shape.Length}"));
        int lengthBytes = layout.U8();
        if (lengthBytes is < 1 or > 8)
            throw layout.Malformed(FormattableString.Invariant($"the lengths of chunks take {lengthBytes} bytes"));
        ImmutableArray<long>.Builder builder = ImmutableArray.CreateBuilder<long>(rank);
        for (int axis = 0; axis < rank; axis++)
            builder.Add(layout.Number(lengthBytes));
        ImmutableArray<long> chunkShape = builder.MoveToImmutable();
        if (layout.Number(lengthBytes) != Type.Size)
            throw layout.Malformed("the chunks have elements of another size than the dataset");
        if (chunkShape.Contains(0) || !TensorShape.TryCount(chunkShape.AsSpan(), out long chunkCount) || chunkCount > int.MaxValue / Type.Size)
            throw InvalidShape(layout, $"chunks of {TensorShape.Text(chunkShape)} elements are impossible");
        if (filters.WhyUnreadable is { } why)
            return this with { WhyUnreadable = why };
        if (Count == 0)
            return this with { Elements = new MemorySource(ReadOnlyMemory<byte>.Empty) };
        return Hdf5ChunkIndex.Read(file, layout, flags, Shape, most, chunkShape, chunkCount * Type.Size, filters.Any) is { } chunks
            ? WithChunks(file, layout, filters, chunks, chunkShape, chunkCount)
            : this with { WhyUnreadable = "its elements were never written" };
    }

    private Hdf5Dataset WithChunks(Hdf5File file, Hdf5Cursor layout, Hdf5Filters filters, List<Hdf5Chunk> chunks, ImmutableArray<long> chunkShape, long chunkCount)
    {
        Int128 expected = 1;
        for (int axis = 0; axis < Shape.Length; axis++)
            expected *= ((Shape[axis] - 1) / chunkShape[axis]) + 1;
        if (chunks.Count != expected)
            return this with { WhyUnreadable = FormattableString.Invariant($"{chunks.Count} of its {expected} chunks were written") };
        RequireGrowth(file, chunks, chunkCount * Type.Size, filters, layout);
        if (Count * Type.Size > Array.MaxLength)
            return this with { WhyUnreadable = "it is chunked and larger than one array; write it without chunks" };
        return this with { Elements = new Hdf5Chunks(file, filters, chunks, Shape, chunkShape, Type.Size), Extents = [.. chunks.Select(c => (c.Address, c.Length))] };
    }

    private List<Hdf5Chunk> ReadChunks(Hdf5File file, long root, ImmutableArray<long> chunkShape)
    {
        List<Hdf5Chunk> chunks = [];
        ImmutableArray<long> last = [];
        foreach ((Hdf5Cursor key, long address) in Hdf5BTree.Leaves(file, root, Hdf5BTree.Chunks, 8 + (8 * (Shape.Length + 1))))
        {
            file.Meter.Charge(96 + (8 * Shape.Length));
            uint length = key.U32();
            uint skipped = key.U32();
            ImmutableArray<long>.Builder origin = ImmutableArray.CreateBuilder<long>(Shape.Length);
            for (int axis = 0; axis < Shape.Length; axis++)
            {
                long at = key.Number(8);
                if (at >= Shape[axis] || at % chunkShape[axis] != 0)
                    throw key.Malformed(FormattableString.Invariant($"a chunk begins at {at} on axis {axis} of length {Shape[axis]} and chunk length {chunkShape[axis]}"));
                origin.Add(at);
            }

            // Keys rise, so that no chunk can be there twice.
            ImmutableArray<long> here = origin.MoveToImmutable();
            if (!last.IsEmpty && here.AsSpan().SequenceCompareTo(last.AsSpan()) <= 0)
                throw key.Malformed("the chunks are not in order");
            last = here;
            _ = file.Window(address, length);
            chunks.Add(new Hdf5Chunk(here, address, length, skipped));
        }

        return chunks;
    }

    private void RequireGrowth(Hdf5File file, List<Hdf5Chunk> chunks, long chunkBytes, Hdf5Filters filters, Hdf5Cursor layout)
    {
        long stored = 0;
        foreach (Hdf5Chunk chunk in chunks)
        {
            stored += chunk.Length;
            if (!filters.Compresses && chunk.Length != chunkBytes)
                throw layout.Malformed(FormattableString.Invariant($"a chunk has {chunk.Length} bytes, expected {chunkBytes}"));
            if (chunkBytes / Math.Max(1, chunk.Length) > file.Meter.Limits.MaxDecompressionRatio)
                throw TooLarge(FormattableString.Invariant($"a chunk claims to grow from {chunk.Length} to {chunkBytes} bytes"), layout);
        }

        if (Count * Type.Size > Math.Max(FreeGrowth, stored * LargestGrowth))
            throw TooLarge(FormattableString.Invariant($"a dataset claims to grow from {stored} to {Count * Type.Size} bytes"), layout);
    }

    private void RequireSize(long size, Hdf5Cursor layout)
    {
        if (size != Count * Type.Size)
            throw InvalidShape(layout, FormattableString.Invariant($"the shape {TensorShape.Text(Shape)} of {Type.Name} needs {Count * Type.Size} bytes, but the dataset has {size}"));
    }

    private static ArtifactException InvalidShape(Hdf5Cursor where, string message) => new(ArtifactCodes.InvalidShape, message) { Offset = where.FileOffset };

    private static ArtifactException TooLarge(string message, Hdf5Cursor where) => new(ArtifactCodes.LimitExceeded, message) { Offset = where.FileOffset };

    private static ArtifactException OtherFile(string how, Hdf5Cursor where) =>
        new(ArtifactCodes.PathEscapes, $"a dataset takes its elements from other files by {how}, which are never opened") { Offset = where.FileOffset };
}
