using System.Collections.Immutable;
using System.Numerics;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>
/// The chunks of a dataset by the indexes of HDF5 1.10 and newer (data layout version 4): a single chunk, an implicit index, a fixed array, an extensible array, a version 2 B-tree (HDF5 File Format
/// Specification 3.0, sections IV.A.2.i and VII.A to VII.D).
/// </summary>
internal sealed class Hdf5ChunkIndex
{
    private const byte FilteredClient = 1;

    private readonly Hdf5File _file;
    private readonly ImmutableArray<long> _shape;
    private readonly ImmutableArray<long> _maxShape;
    private readonly ImmutableArray<long> _chunkShape;
    private readonly long _chunkBytes;
    private readonly bool _isFiltered;
    private readonly bool _edgesAreNotFiltered;
    private readonly List<Hdf5Chunk> _chunks = [];

    private Hdf5ChunkIndex(Hdf5File file, ImmutableArray<long> shape, ImmutableArray<long> maxShape, ImmutableArray<long> chunkShape, long chunkBytes, bool isFiltered, bool edgesAreNotFiltered)
    {
        _file = file;
        _shape = shape;
        _maxShape = maxShape;
        _chunkShape = chunkShape;
        _chunkBytes = chunkBytes;
        _isFiltered = isFiltered;
        _edgesAreNotFiltered = edgesAreNotFiltered;
    }

    /// <summary>Reads the index.</summary>
    /// <param name="file">The file.</param>
    /// <param name="layout">Stands at the type of the index.</param>
    /// <param name="flags">The flags of the layout message.</param>
    /// <param name="shape">The dataset's shape, without an axis of length 0.</param>
    /// <param name="maxShape">How far it may grow; -1 for an axis without a limit.</param>
    /// <param name="chunkShape">The shape of a chunk.</param>
    /// <param name="chunkBytes">The bytes of a chunk before filters.</param>
    /// <param name="isFiltered">Whether the dataset has filters.</param>
    /// <returns>The chunks that were written; null when none was.</returns>
    public static List<Hdf5Chunk>? Read(
        Hdf5File file, Hdf5Cursor layout, byte flags, ImmutableArray<long> shape, ImmutableArray<long> maxShape, ImmutableArray<long> chunkShape, long chunkBytes, bool isFiltered)
    {
        Hdf5ChunkIndex index = new(file, shape, maxShape, chunkShape, chunkBytes, isFiltered, (flags & 0x01) != 0);
        byte kind = layout.U8();
        switch (kind)
        {
            case 1:
                bool isStoredFiltered = (flags & 0x02) != 0;
                long length = isStoredFiltered ? layout.Length() : chunkBytes;
                uint skipped = isStoredFiltered ? layout.U32() : 0;
                if (layout.Address() is not { } single)
                    return null;
                index.Add([.. shape.Select(_ => 0L)], single, length, skipped);
                return index._chunks;
            case 2:
                if (layout.Address() is not { } first)
                    return null;
                foreach ((long number, ImmutableArray<long> origin) in index.Numbered(layout, unlimited: null))
                {
                    Int128 address = first + ((Int128)number * chunkBytes);
                    index.Add(origin, address <= long.MaxValue ? (long)address : throw layout.Malformed("a chunk lies outside any file"), chunkBytes, 0);
                }


                return index._chunks;
            case 3:
                layout.Skip(1);
                if (layout.Address() is not { } array)
                    return null;
                index.ReadFixedArray(array, layout);
                return index._chunks;
            case 4:
                layout.Skip(5);
                if (layout.Address() is not { } growing)
                    return null;
                index.ReadExtensibleArray(growing, layout);
                return index._chunks;
            case 5:
                layout.Skip(6);
                if (layout.Address() is not { } tree)
                    return null;
                index.ReadTree(tree);
                return index._chunks;
            default:
                throw layout.Unsupported(FormattableString.Invariant($"the chunks of a dataset have an index of the unknown kind {kind}"));
        }
    }

    /// <summary>
    /// The chunks that the shape needs with their numbers in the index, in the order of the numbers: row-major over the largest shape, an axis without a limit first.
    /// </summary>
    private List<(long Number, ImmutableArray<long> Origin)> Numbered(Hdf5Cursor where, int? unlimited)
    {
        int rank = _shape.Length;
        int[] axes = unlimited is { } first ? [first, .. Enumerable.Range(0, rank).Where(a => a != first)] : [.. Enumerable.Range(0, rank)];
        long[] weights = new long[rank];
        Int128 weight = 1;
        for (int i = rank - 1; i >= 0; i--)
        {
            int axis = axes[i];
            weights[axis] = weight <= long.MaxValue ? (long)weight : throw where.Malformed("the chunks of a dataset cannot be counted");
            if (i > 0)
                weight *= _maxShape[axis] < 0 ? throw where.Malformed("a dataset may grow along an axis that the index of its chunks does not let grow") : ((_maxShape[axis] - 1) / _chunkShape[axis]) + 1;
        }

        List<(long, ImmutableArray<long>)> chunks = [];
        long[] at = new long[rank];
        while (true)
        {
            _file.Meter.Step();
            _file.Meter.Charge(64 + (8 * rank));
            Int128 number = 0;
            for (int axis = 0; axis < rank; axis++)
                number += (Int128)at[axis] * weights[axis];
            if (number > long.MaxValue)
                throw where.Malformed("the chunks of a dataset cannot be counted");
            chunks.Add(((long)number, [.. at.Select((a, axis) => a * _chunkShape[axis])]));
            int next = rank - 1;
            for (; next >= 0; next--)
            {
                if (++at[next] * _chunkShape[next] < _shape[next])
                    break;
                at[next] = 0;
            }

            if (next < 0)
                break;
        }

        chunks.Sort((a, b) => a.Item1.CompareTo(b.Item1));
        return chunks;
    }

    private void Add(ImmutableArray<long> origin, long address, long length, uint skipped)
    {
        _ = _file.Window(address, length);
        bool isEdge = false;
        for (int axis = 0; axis < _shape.Length; axis++)
            isEdge |= origin[axis] + _chunkShape[axis] > _shape[axis];
        _chunks.Add(new Hdf5Chunk(origin, address, length, _edgesAreNotFiltered && isEdge ? uint.MaxValue : skipped));
    }

    /// <summary>One entry of an array: an address, with filters a length and what filters were passed over.</summary>
    private void AddEntry(Hdf5Cursor entry, int entryBytes, ImmutableArray<long> origin)
    {
        if (entry.Address() is not { } address)
            return;
        if (_isFiltered)
            Add(origin, address, entry.Number(entryBytes - _file.AddressBytes - sizeof(uint)), entry.U32());
        else
            Add(origin, address, _chunkBytes, 0);
    }

    private int EntryBytes(Hdf5Cursor where, byte client, byte stated)
    {
        int lengthBytes = stated - _file.AddressBytes - sizeof(uint);
        bool fits = client == FilteredClient ? _isFiltered && lengthBytes is >= 1 and <= 8 : client == 0 && !_isFiltered && stated == _file.AddressBytes;
        return fits ? stated : throw where.Malformed(FormattableString.Invariant($"the index of chunks has entries of {stated} bytes of kind {client}, which do not fit the dataset"));
    }

    private void ReadFixedArray(long address, Hdf5Cursor where)
    {
        Hdf5Cursor header = _file.Checked(address, 4 + 1 + 1 + 1 + 1 + _file.LengthBytes + _file.AddressBytes, "FAHD"u8, "the header of a fixed array");
        header.Skip(1);
        byte client = header.U8();
        int entryBytes = EntryBytes(header, client, header.U8());
        int pageBits = header.U8();
        long count = header.Length();
        if (pageBits > 30)
            throw header.Malformed(FormattableString.Invariant($"a fixed array has pages of 2^{pageBits} entries"));
        if (header.Address() is not { } block)
            return;
        long pageLength = 1L << pageBits;
        bool isPaged = count > pageLength;
        int prefix = 4 + 1 + 1 + _file.AddressBytes;
        long bitmapBytes = isPaged ? ((count - 1) / pageLength / 8) + 1 : 0;
        ReadOnlyMemory<byte> written = default;
        if (isPaged)
        {
            Hdf5Cursor data = _file.Checked(block, prefix + bitmapBytes, "FADB"u8, "the data block of a fixed array");
            data.Skip(prefix - 4);
            written = data.Memory(data.Remaining);
        }

        Run run = new(_file, entryBytes);
        foreach ((long number, ImmutableArray<long> origin) in Numbered(where, unlimited: null))
        {
            if (number >= count)
                throw header.Malformed(FormattableString.Invariant($"chunk {number} is beyond the {count} entries of a fixed array"));
            if (!isPaged)
            {
                run.ReadBlock(block, "FADB"u8, "the data block of a fixed array", prefix, count);
                AddEntry(run.Entry(number), entryBytes, origin);
                continue;
            }

            long page = number / pageLength;
            if (!IsWritten(written.Span, page))
                continue;
            long first = page * pageLength;
            run.ReadPage(block + prefix + bitmapBytes + Hdf5Checksum.Size + (page * ((pageLength * entryBytes) + Hdf5Checksum.Size)), Math.Min(pageLength, count - first));
            AddEntry(run.Entry(number - first), entryBytes, origin);
        }
    }

    private void ReadExtensibleArray(long address, Hdf5Cursor where)
    {
        Hdf5Cursor header = _file.Checked(address, 4 + 1 + 1 + 6 + (6 * _file.LengthBytes) + _file.AddressBytes, "EAHD"u8, "the header of an extensible array");
        header.Skip(1);
        byte client = header.U8();
        int entryBytes = EntryBytes(header, client, header.U8());
        int countBits = header.U8();
        int inIndex = header.U8();
        int leastEntries = header.U8();
        int leastPointers = header.U8();
        int pageBits = header.U8();
        header.Skip(6 * _file.LengthBytes);
        if (header.Address() is not { } indexAddress)
            return;
        long pageLength = 1L << pageBits;
        // No data block that the index block points to has pages, as nothing says which of them were written.
        if (countBits is < 1 or > 63 || !BitOperations.IsPow2(leastEntries) || !BitOperations.IsPow2(leastPointers) || pageBits > 30 || 1 << Math.Min(30, countBits) < leastEntries
            || pageLength < (long)leastEntries * leastPointers)
            throw header.Malformed("the sizes of an extensible array are impossible");
        int directBlocks = 2 * (leastPointers - 1);
        int directSupers = 2 * BitOperations.Log2((uint)leastPointers);
        int supers = Math.Max(0, 1 + countBits - BitOperations.Log2((uint)leastEntries) - directSupers);
        int offsetBytes = (countBits + 7) / 8;
        int prefix = 4 + 1 + 1 + _file.AddressBytes;
        long indexBytes = prefix + ((long)inIndex * entryBytes) + ((long)(directBlocks + supers) * _file.AddressBytes);
        Hdf5Cursor index = _file.Checked(indexAddress, indexBytes, "EAIB"u8, "the index block of an extensible array");
        index.Skip(prefix - 4);
        ReadOnlyMemory<byte> entries = index.Memory(inIndex * entryBytes);
        long?[] blocks = [.. Enumerable.Range(0, directBlocks).Select(_ => index.Address())];
        long?[] superBlocks = [.. Enumerable.Range(0, supers).Select(_ => index.Address())];
        Dictionary<int, SuperBlock> known = [];
        Run run = new(_file, entryBytes);
        foreach ((long number, ImmutableArray<long> origin) in Numbered(where, unlimited: UnlimitedAxis(header)))
        {
            if (number < inIndex)
            {
                AddEntry(new Hdf5Cursor(entries.Slice((int)number * entryBytes, entryBytes), _file.FileOffset(indexAddress), _file.AddressBytes, _file.LengthBytes), entryBytes, origin);
                continue;
            }

            // Super block s has 2^(s/2) data blocks of 2^((s+1)/2) times the least number of entries, so 2^s times that number in all.
            long rest = number - inIndex;
            int super = BitOperations.Log2((ulong)(rest / leastEntries) + 1);
            long inSuper = rest - (((1L << super) - 1) * leastEntries);
            long perBlock = (long)leastEntries << ((super + 1) / 2);
            long blockInSuper = inSuper / perBlock;
            long? block;
            ReadOnlyMemory<byte> written = default;
            if (super < directSupers)
                block = blocks[FirstBlock(super) + (int)blockInSuper];
            else if (super - directSupers < superBlocks.Length)
                (block, written) = ReadSuperBlock(super - directSupers, super, perBlock) is { } above ? (above.Blocks[(int)blockInSuper], above.Written) : default;
            else
                throw header.Malformed(FormattableString.Invariant($"chunk {number} is beyond the entries of an extensible array"));
            if (block is not { } data)
                continue;
            long entry = inSuper % perBlock;
            if (perBlock <= pageLength)
            {
                run.ReadBlock(data, "EADB"u8, "a data block of an extensible array", prefix + offsetBytes, perBlock);
                AddEntry(run.Entry(entry), entryBytes, origin);
                continue;
            }

            // The bits of a block follow those of the block before at once, though the bitmap has whole bytes for each.
            long page = entry / pageLength;
            if (!IsWritten(written.Span, (blockInSuper * (perBlock / pageLength)) + page))
                continue;
            long pageAddress = data + prefix + offsetBytes + Hdf5Checksum.Size + (page * ((pageLength * entryBytes) + Hdf5Checksum.Size));
            if (run.Address != pageAddress)
                _ = _file.Checked(data, prefix + offsetBytes, "EADB"u8, "a data block of an extensible array");
            run.ReadPage(pageAddress, pageLength);
            AddEntry(run.Entry(entry - (page * pageLength)), entryBytes, origin);
        }

        SuperBlock? ReadSuperBlock(int place, int super, long perBlock)
        {
            if (known.TryGetValue(place, out SuperBlock? read))
                return read;
            if (superBlocks[place] is not { } at)
                return null;
            long count = 1L << (super / 2);
            long pages = perBlock > pageLength ? perBlock / pageLength : 0;
            long bitmaps = count * ((pages + 7) / 8);
            Hdf5Cursor block = _file.Checked(at, prefix + offsetBytes + bitmaps + (count * _file.AddressBytes), "EASB"u8, "a super block of an extensible array");
            block.Skip(prefix - 4 + offsetBytes);
            ReadOnlyMemory<byte> written = block.Memory(checked((int)bitmaps));
            return known[place] = new SuperBlock([.. Enumerable.Range(0, (int)count).Select(_ => block.Address())], written);
        }
    }

    /// <summary>Whether a page of entries was written: a bit for each, the most significant bit of a byte first. What stands at a page that was not is left over.</summary>
    private static bool IsWritten(ReadOnlySpan<byte> bitmap, long page) => (bitmap[(int)(page / 8)] & (0x80 >> (int)(page % 8))) != 0;

    /// <summary>How many data blocks lie before those of a super block.</summary>
    private static int FirstBlock(int super)
    {
        int first = 0;
        for (int i = 0; i < super; i++)
            first += 1 << (i / 2);
        return first;
    }

    private int UnlimitedAxis(Hdf5Cursor where)
    {
        int axis = _maxShape.IndexOf(-1);
        return axis >= 0 && _maxShape.LastIndexOf(-1) == axis ? axis : throw where.Malformed("an extensible array belongs to a dataset with one axis that may grow without a limit");
    }

    private void ReadTree(long address)
    {
        ImmutableArray<long> last = [];
        foreach ((byte type, Hdf5Cursor record) in Hdf5BTree2.Records(_file, address, Hdf5BTree2.Chunks, Hdf5BTree2.FilteredChunks))
        {
            _file.Meter.Charge(96 + (8 * _shape.Length));
            if (type == Hdf5BTree2.FilteredChunks != _isFiltered)
                throw record.Malformed("the index of chunks does not fit the filters of the dataset");
            long chunk = record.RequiredAddress("a chunk");
            int lengthBytes = record.Remaining - sizeof(uint) - (8 * _shape.Length);
            if (_isFiltered ? lengthBytes is < 1 or > 8 : record.Remaining != 8 * _shape.Length)
                throw record.Malformed("a record of the index of chunks has another size than its dataset asks for");
            long length = _isFiltered ? record.Number(lengthBytes) : _chunkBytes;
            uint skipped = _isFiltered ? record.U32() : 0;
            ImmutableArray<long>.Builder origin = ImmutableArray.CreateBuilder<long>(_shape.Length);
            for (int axis = 0; axis < _shape.Length; axis++)
            {
                long place = record.Number(8);
                if (place > (_shape[axis] - 1) / _chunkShape[axis])
                    throw record.Malformed(FormattableString.Invariant($"a chunk has place {place} on axis {axis} of length {_shape[axis]} and chunk length {_chunkShape[axis]}"));
                origin.Add(place * _chunkShape[axis]);
            }

            // Records rise, so that no chunk can be there twice.
            ImmutableArray<long> here = origin.MoveToImmutable();
            if (!last.IsEmpty && here.AsSpan().SequenceCompareTo(last.AsSpan()) <= 0)
                throw record.Malformed("the chunks are not in order");
            last = here;
            Add(here, chunk, length, skipped);
        }
    }

    /// <summary>A super block: where its data blocks are, and which of their pages were written.</summary>
    private sealed record SuperBlock(long?[] Blocks, ReadOnlyMemory<byte> Written);

    /// <summary>The run of entries that was read last: entries are asked for in rising order.</summary>
    private sealed class Run(Hdf5File file, int entryBytes)
    {
        private ReadOnlyMemory<byte> _bytes;
        private long _fileOffset;

        /// <summary>Where the block or the page stands; -1 for none.</summary>
        public long Address { get; private set; } = -1;

        /// <summary>Reads a block without pages, unless it is the one that was read last.</summary>
        public void ReadBlock(long address, ReadOnlySpan<byte> signature, string what, int prefixBytes, long count)
        {
            if (address == Address)
                return;
            Hdf5Cursor block = file.Checked(address, prefixBytes + (count * entryBytes), signature, what);
            block.Skip(prefixBytes - signature.Length);
            Take(address, block);
        }

        /// <summary>Reads a page, unless it is the one that was read last. Pages have no signature.</summary>
        public void ReadPage(long address, long count)
        {
            if (address != Address)
                Take(address, file.Checked(address, count * entryBytes, [], "a page of an index of chunks"));
        }

        public Hdf5Cursor Entry(long index) =>
            new(_bytes.Slice((int)index * entryBytes, entryBytes), _fileOffset + (index * entryBytes), file.AddressBytes, file.LengthBytes);

        private void Take(long address, Hdf5Cursor entries)
        {
            Address = address;
            _fileOffset = entries.FileOffset;
            _bytes = entries.Memory(entries.Remaining);
        }
    }
}
