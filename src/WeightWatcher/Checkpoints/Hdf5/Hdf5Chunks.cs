using System.Collections.Immutable;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>One chunk as the file holds it.</summary>
/// <param name="Origin">The index of its first element on each axis.</param>
/// <param name="Address">Where its bytes are.</param>
/// <param name="Length">How many bytes are stored.</param>
/// <param name="SkippedFilters">Bit i is set when filter i was not applied.</param>
internal sealed record Hdf5Chunk(ImmutableArray<long> Origin, long Address, long Length, uint SkippedFilters);

/// <summary>
/// The elements of a chunked dataset in row-major order. The chunks are put together on the first read; the result is kept for as long as memory allows, so that
/// reading a tensor row by row does not decompress its chunks again for every row.
/// </summary>
internal sealed class Hdf5Chunks : ByteSource
{
    private readonly Hdf5File _file;
    private readonly Hdf5Filters _filters;
    private readonly List<Hdf5Chunk> _chunks;
    private readonly long[] _shape;
    private readonly long[] _chunkShape;
    private readonly int _elementBytes;
    private readonly Lock _gate = new();
    private readonly WeakReference<byte[]> _elements = new([]);

    /// <summary>Creates the source; the caller has checked that the chunks cover the shape and that all sizes are fit for arrays.</summary>
    public Hdf5Chunks(Hdf5File file, Hdf5Filters filters, List<Hdf5Chunk> chunks, ImmutableArray<long> shape, ImmutableArray<long> chunkShape, int elementBytes)
    {
        _file = file;
        _filters = filters;
        _chunks = chunks;
        _shape = [.. shape];
        _chunkShape = [.. chunkShape];
        _elementBytes = elementBytes;
        Length = Product(_shape) * elementBytes;
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        RequireInside(offset, destination.Length);
        Elements().AsSpan((int)offset, destination.Length).CopyTo(destination);
    }

    private static long Product(long[] shape) => shape.Aggregate(1L, static (product, axis) => checked(product * axis));

    private byte[] Elements()
    {
        lock (_gate)
        {
            if (_elements.TryGetTarget(out byte[]? elements) && elements.Length == Length)
                return elements;
            elements = new byte[checked((int)Length)];
            byte[] chunk = new byte[checked((int)(Product(_chunkShape) * _elementBytes))];
            foreach (Hdf5Chunk stored in _chunks)
            {
                _filters.Restore(_file.Window(stored.Address, stored.Length), stored.SkippedFilters, chunk, _file.FileOffset(stored.Address));
                Place(chunk, stored.Origin, elements);
            }

            _elements.SetTarget(elements);
            return elements;
        }
    }

    /// <summary>Copies the rows of a chunk that are inside the dataset; chunks at the edge reach beyond it.</summary>
    private void Place(byte[] chunk, ImmutableArray<long> origin, byte[] elements)
    {
        int rank = _shape.Length;
        long[] index = new long[rank];
        int rowBytes = (int)(Math.Min(_chunkShape[^1], _shape[^1] - origin[^1]) * _elementBytes);
        while (true)
        {
            long from = 0;
            long to = 0;
            for (int axis = 0; axis < rank; axis++)
            {
                from = (from * _chunkShape[axis]) + index[axis];
                to = (to * _shape[axis]) + origin[axis] + index[axis];
            }

            chunk.AsSpan((int)(from * _elementBytes), rowBytes).CopyTo(elements.AsSpan((int)(to * _elementBytes)));
            int next = rank - 2;
            for (; next >= 0; next--)
            {
                index[next]++;
                if (index[next] < _chunkShape[next] && origin[next] + index[next] < _shape[next])
                    break;
                index[next] = 0;
            }

            if (next < 0)
                return;
        }
    }
}
