using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints;

/// <summary>
/// A tensor whose elements lie in a storage at offset + sum of index x stride. What is contiguous is read straight into the caller's memory;
/// what is not is read in storage order, each byte about once, whatever the order of the axes.
/// </summary>
internal sealed class StridedTensor : Tensor
{
    /// <summary>Elements decoded at once, so that the raw bytes stay in the processor's cache.</summary>
    private const int BlockElements = 32 * 1024;

    private readonly ByteSource _bytes;
    private readonly long _first;
    private readonly ElementEncoding _encoding;
    private readonly int _size;
    private readonly bool _isBigEndian;
    private readonly long[] _lengths;
    private readonly long[] _strides;
    private readonly long[] _inner;

    /// <summary>Creates a description; the caller has checked that every element lies inside <paramref name="bytes"/>.</summary>
    /// <param name="bytes">The storage.</param>
    /// <param name="first">The byte at which the element with all indices 0 starts.</param>
    /// <param name="encoding">How an element is stored, in one or more whole bytes.</param>
    /// <param name="isBigEndian">True when the most significant byte of an element comes first.</param>
    /// <param name="shape">The length of each axis.</param>
    /// <param name="strides">The distance between neighbours on each axis, in elements, 0 or more.</param>
    [SetsRequiredMembers]
    public StridedTensor(ByteSource bytes, long first, ElementEncoding encoding, bool isBigEndian, ImmutableArray<long> shape, ImmutableArray<long> strides)
    {
        Name = string.Empty;
        ElementTypeName = encoding.Name;
        ElementType = encoding.Type;
        Shape = shape;
        Count = shape.Contains(0) ? 0 : shape.Aggregate(1L, (product, length) => checked(product * length));
        _bytes = bytes;
        _first = first;
        _encoding = encoding;
        _size = encoding.Bits / 8;
        _isBigEndian = isBigEndian && _size > 1;
        (_lengths, _strides) = Count == 0 ? ([], []) : Merge(shape, strides);
        _inner = new long[_lengths.Length];
        for (int axis = _lengths.Length - 1; axis >= 0; axis--)
            _inner[axis] = axis == _lengths.Length - 1 ? 1 : _inner[axis + 1] * _lengths[axis + 1];
    }

    /// <inheritdoc/>
    public override double StoredEpsilon => _encoding.Epsilon;

    /// <inheritdoc/>
    public override bool IsFloatingPoint => _encoding.IsFloatingPoint;

    private bool IsContiguous => _lengths.Length == 0 || (_lengths.Length == 1 && _strides[0] == 1);

    /// <inheritdoc/>
    public override void ReadSingles(long start, Span<float> destination)
    {
        if (!IsContiguous || !ReferenceEquals(_encoding, ElementEncoding.F32) || _isBigEndian || !BitConverter.IsLittleEndian)
        {
            base.ReadSingles(start, destination);
            return;
        }

        RequireInside(start, destination.Length);
        _bytes.Read(_first + (start * sizeof(float)), MemoryMarshal.AsBytes(destination));
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        RequireInside(start, destination.Length);
        if (destination.IsEmpty)
            return;
        if (IsContiguous)
            ReadContiguous(_first + (start * _size), destination);
        else
            ReadRange(0, _first, start, destination);
    }

    private void RequireInside(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        if (start > Count || length > Count - start)
            throw new ArgumentOutOfRangeException(nameof(length), "the range is not inside the tensor");
    }

    /// <summary>Drops axes of length 1 and joins neighbours that are one longer axis.</summary>
    private static (long[] Lengths, long[] Strides) Merge(ImmutableArray<long> shape, ImmutableArray<long> strides)
    {
        List<long> lengths = [];
        List<long> steps = [];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (shape[axis] == 1)
                continue;
            if (lengths.Count > 0 && steps[^1] == strides[axis] * (Int128)shape[axis])
            {
                lengths[^1] *= shape[axis];
                steps[^1] = strides[axis];
            }
            else
            {
                lengths.Add(shape[axis]);
                steps.Add(strides[axis]);
            }
        }

        return ([.. lengths], [.. steps]);
    }

    /// <summary>
    /// The raw bytes go to the end of the caller's memory and are widened from there to its start: a decoder that goes upwards has read every
    /// element before it writes over it, because n elements of k bytes end where n doubles end.
    /// </summary>
    private void ReadContiguous(long at, Span<double> destination)
    {
        while (!destination.IsEmpty)
        {
            Span<double> block = destination[..Math.Min(destination.Length, BlockElements)];
            Span<byte> raw = MemoryMarshal.AsBytes(block)[^(block.Length * _size)..];
            _bytes.Read(at, raw);
            _encoding.Decode(raw, 0, block, _isBigEndian);
            at += raw.Length;
            destination = destination[block.Length..];
        }
    }

    /// <summary>Splits a range into its ragged ends and the whole rows between them.</summary>
    private void ReadRange(int axis, long at, long start, Span<double> destination)
    {
        long inner = _inner[axis];
        long step = _strides[axis] * _size;
        long row = start / inner;
        long within = start - (row * inner);
        if (within != 0)
        {
            int count = (int)Math.Min(inner - within, destination.Length);
            ReadRange(axis + 1, at + (row * step), within, destination[..count]);
            destination = destination[count..];
            row++;
        }

        long rows = destination.Length / inner;
        if (rows > 0)
        {
            int count = (int)(rows * inner);
            ReadBox(axis, at + (row * step), rows, destination[..count]);
            destination = destination[count..];
            row += rows;
        }

        if (!destination.IsEmpty)
            ReadRange(axis + 1, at + (row * step), 0, destination);
    }

    private void ReadBox(int axis, long at, long rows, Span<double> destination)
    {
        List<StridedAxis> axes = [];
        for (int i = axis; i < _lengths.Length; i++)
        {
            long length = i == axis ? rows : _lengths[i];
            if (length > 1)
                axes.Add(new StridedAxis((int)length, _strides[i] * _size, (int)_inner[i]));
        }

        new StridedBoxReader(_bytes, _encoding, _isBigEndian).Read(at, axes, destination);
    }
}
