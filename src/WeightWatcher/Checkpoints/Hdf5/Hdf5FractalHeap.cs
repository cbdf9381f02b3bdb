using System.Buffers.Binary;
using System.Numerics;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>
/// The managed objects of a fractal heap, in which groups of many links and objects of many attributes keep them (HDF5 File Format Specification 3.0, section III.G). Its direct blocks are found once.
/// </summary>
internal sealed class Hdf5FractalHeap
{
    private const int MostRows = 64;
    private const byte ChecksumFlag = 0x02;

    private readonly Hdf5File _file;
    private readonly List<(long HeapOffset, long Address, long Size)> _blocks = [];
    private readonly HashSet<long> _seen = [];
    private readonly int _offsetBytes;
    private readonly int _lengthBytes;
    private readonly int _width;
    private readonly long _firstSize;
    private readonly int _directRows;
    private readonly bool _hasChecksums;

    private Hdf5FractalHeap(Hdf5File file, long address)
    {
        _file = file;
        int addresses = file.AddressBytes;
        int lengths = file.LengthBytes;
        Hdf5Cursor header = file.At(address, 4 + 1 + 2 + 2 + 1 + 4 + (12 * lengths) + (3 * addresses) + 2 + 2 + 2 + 2 + Hdf5Checksum.Size);
        header.RequireSignature("FRHP"u8, "a fractal heap");
        if (header.U8() != 0)
            throw header.Unsupported("a fractal heap of the HDF5 file has a version that is not known");
        header.Skip(2);
        if (header.U16() != 0)
            throw header.Unsupported("a fractal heap of the HDF5 file is filtered");
        header.RequireChecksum("the header of a fractal heap");
        _hasChecksums = (header.U8() & ChecksumFlag) != 0;
        uint mostManaged = header.U32();
        header.Skip(lengths + addresses + lengths + addresses + (8 * lengths));
        _width = header.U16();
        _firstSize = header.Length();
        long mostDirect = header.Length();
        int bits = header.U16();
        header.Skip(2);
        long? root = header.Address();
        int rows = header.U16();
        if (_width == 0 || !BitOperations.IsPow2(_width) || !IsSize(_firstSize) || !IsSize(mostDirect) || mostDirect < _firstSize || bits is < 1 or > 64 || rows > MostRows)
            throw header.Malformed("the sizes of a fractal heap are impossible");
        _offsetBytes = (bits + 7) / 8;
        _lengthBytes = Math.Min((BitOperations.Log2((ulong)mostDirect) + 7) / 8, (BitOperations.Log2(Math.Max(1, mostManaged)) / 8) + 1);
        _directRows = BitOperations.Log2((ulong)mostDirect) - BitOperations.Log2((ulong)_firstSize) + 2;
        if (root is not { } start)
            return;
        if (rows == 0)
            AddBlock(0, start, _firstSize);
        else
            AddBlocks(start, 0, rows, 1);
        _blocks.Sort();
    }

    /// <summary>Reads the blocks of a heap.</summary>
    public static Hdf5FractalHeap Read(Hdf5File file, long address) => new(file, address);

    /// <summary>The object that an identifier names.</summary>
    /// <param name="id">The identifier.</param>
    public Hdf5Cursor Object(Hdf5Cursor id)
    {
        byte kind = id.U8();
        if ((kind & 0xf0) != 0)
            throw id.Unsupported("an object of a fractal heap is not among its managed ones");
        long offset = id.Number(_offsetBytes);
        long length = id.Number(_lengthBytes);
        int low = 0;
        for (int high = _blocks.Count; low < high;)
        {
            int middle = (low + high) / 2;
            if (_blocks[middle].HeapOffset <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0 || offset - _blocks[low - 1].HeapOffset > _blocks[low - 1].Size - length)
            throw id.Malformed(FormattableString.Invariant($"an object of {length} bytes at {offset} is in no block of its fractal heap"));
        return _file.At(_blocks[low - 1].Address + offset - _blocks[low - 1].HeapOffset, length);
    }

    private static bool IsSize(long size) => size > 0 && BitOperations.IsPow2(size) && size <= 1L << 48;

    private void AddBlock(long heapOffset, long address, long size)
    {
        _file.Meter.Step();
        _file.Meter.Charge(48);
        if (_hasChecksums)
            RequireChecksum(address, size);
        else
            _ = _file.Window(address, size);
        _blocks.Add((heapOffset, address, size));
    }

    /// <summary>Compares the checksum of a direct block, which stands behind its offset and is zero where it is summed itself (section III.G, fractal heap direct block).</summary>
    private void RequireChecksum(long address, long size)
    {
        Hdf5Cursor block = _file.At(address, size);
        block.RequireSignature("FHDB"u8, "a direct block of a fractal heap");
        byte[] summed = [.. "FHDB"u8, .. block.Bytes(block.Remaining)];
        int at = 4 + 1 + _file.AddressBytes + _offsetBytes;
        if (summed.Length < at + Hdf5Checksum.Size)
            throw block.Malformed("a direct block of a fractal heap is too short for its checksum");
        Span<byte> checksum = summed.AsSpan(at, Hdf5Checksum.Size);
        uint stated = BinaryPrimitives.ReadUInt32LittleEndian(checksum);
        checksum.Clear();
        block.RequireChecksum("a direct block of a fractal heap", Hdf5Checksum.Of(summed), stated);
    }

    private void AddBlocks(long address, long heapOffset, int rows, int depth)
    {
        _file.Meter.RequireDepth(depth);
        if (rows is < 1 or > MostRows)
            throw _file.At(address, 0).Malformed("an indirect block of a fractal heap has an impossible size");
        int direct = Math.Min(rows, _directRows);
        long blockBytes = 4 + 1 + _file.AddressBytes + _offsetBytes + ((long)rows * _width * _file.AddressBytes);
        Hdf5Cursor block = _file.Checked(address, blockBytes, "FHIB"u8, "an indirect block of a fractal heap");
        if (!_seen.Add(address))
            throw block.Malformed("a fractal heap holds one block twice");
        block.Skip(1 + _file.AddressBytes + _offsetBytes);
        long at = heapOffset;
        for (int row = 0; row < rows; row++)
        {
            int doublings = Math.Max(0, row - 1);
            if (doublings > 48 || _firstSize > (1L << 56) >> doublings)
                throw block.Malformed("the blocks of a fractal heap are larger than any file");
            long size = _firstSize << doublings;
            for (int column = 0; column < _width; column++, at += size)
            {
                if (block.Address() is not { } child)
                    continue;
                if (row < direct)
                    AddBlock(at, child, size);
                else
                    AddBlocks(child, at, BitOperations.Log2((ulong)size) - BitOperations.Log2((ulong)(_firstSize * _width)) + 1, depth + 1);
            }
        }
    }
}
