using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.NumPy;

/// <summary>
/// One array as <c>numpy.save</c> writes it (numpy.lib.format): a magic number, a version, the length of a header, the header, then the elements
/// and nothing behind them.
/// </summary>
internal static class NpyArray
{
    private const int VersionAt = 6;
    private const int MaxHeaderBytes = 1 << 20;

    /// <summary>True when the bytes begin as such an array does.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> head) => head.StartsWith(Magic);

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the description of an array.</summary>
    /// <param name="source">The array and nothing else.</param>
    /// <param name="name">Its name.</param>
    /// <param name="origin">Where <paramref name="source"/> begins in the file, for messages; 0 when it was decompressed.</param>
    /// <param name="meter">The budget.</param>
    /// <returns>The tensor, or what is told of it where its elements are not read.</returns>
    /// <exception cref="ArtifactException">The array is malformed, truncated, too long, or a pickle (<c>WWG2019</c>).</exception>
    public static (Tensor? Tensor, UnreadableTensor? Unreadable) Describe(ByteSource source, string name, long origin, ReadMeter meter)
    {
        try
        {
            return Read(source, name, origin, meter);
        }
        catch (ArtifactException e) when (e.Tensor is null)
        {
            throw e.WithTensor(name);
        }
    }

    private static (Tensor? Tensor, UnreadableTensor? Unreadable) Read(ByteSource source, string name, long origin, ReadMeter meter)
    {
        meter.CountTensor();
        NpyHeader header = ReadHeader(source, origin, meter, out long dataStart);
        if (!TensorShape.TryCount(header.Shape.AsSpan(), out long count))
            throw new ArtifactException(ArtifactCodes.InvalidShape, $"the shape {TensorShape.Text(header.Shape)} has more elements than can be counted") { Offset = origin };
        NpyDtype? dtype = header.IsStructured ? null : NpyDtype.Parse(header.Dtype)
            ?? throw new ArtifactException(ArtifactCodes.UnknownElementType, $"the dtype '{Printable.Text(header.Dtype)}' is not one that numpy defines") { Offset = origin };
        if (dtype is { IsObject: true } || header.HoldsObjects)
            throw new ArtifactException(ArtifactCodes.Forbidden, "the elements are Python objects, which only unpickling could read; save numbers instead") { Offset = dataStart + origin };
        if (dtype is null)
            return (null, UnreadableTensor.Weight(name, header.Shape, "elements with fields"));

        Int128 expected = (Int128)count * dtype.Bytes;
        long found = source.Length - dataStart;
        if (found < expected)
            throw new ArtifactException(ArtifactCodes.Truncated, string.Create(CultureInfo.InvariantCulture, $"the shape {TensorShape.Text(header.Shape)} of {header.Dtype} needs {expected} bytes, but {found} follow the header")) { Offset = origin + dataStart };
        if (found > expected)
            throw new ArtifactException(ArtifactCodes.Malformed, string.Create(CultureInfo.InvariantCulture, $"{found - expected} bytes follow the elements, expected none")) { Offset = origin + dataStart + (long)expected };
        if (dtype.Encoding is not { } encoding)
            return (null, UnreadableTensor.Weight(name, header.Shape, dtype.WhyUnreadable!));
        return (Tensor(source, name, header, count, encoding, dtype.IsBigEndian, dataStart), null);
    }

    private static Tensor Tensor(ByteSource source, string name, NpyHeader header, long count, ElementEncoding encoding, bool isBigEndian, long dataStart)
    {
        if (!header.IsFortranOrder || header.Shape.Length < 2 || count == 0)
            return new ContiguousTensor(name, header.Shape, count, encoding, header.Dtype, source, dataStart, isBigEndian && encoding.Bits > 8);
        long[] strides = new long[header.Shape.Length];
        long stride = 1;
        for (int axis = 0; axis < strides.Length; axis++)
        {
            strides[axis] = stride;
            stride *= header.Shape[axis];
        }

        return new StridedTensor(source, dataStart, encoding, isBigEndian, header.Shape, [.. strides]) { Name = name, ElementTypeName = header.Dtype };
    }

    private static NpyHeader ReadHeader(ByteSource source, long origin, ReadMeter meter, out long dataStart)
    {
        Span<byte> start = stackalloc byte[VersionAt + 2];
        source.Read(0, start);
        if (!HasSignature(start))
            throw new ArtifactException(ArtifactCodes.Malformed, "the array does not begin with the magic number of .npy") { Offset = origin };
        int version = start[VersionAt];
        if (version is not (1 or 2 or 3) || start[VersionAt + 1] != 0)
            throw new ArtifactException(ArtifactCodes.UnsupportedKind, string.Create(CultureInfo.InvariantCulture, $"the array is .npy of version {version}.{start[VersionAt + 1]}, versions 1.0 to 3.0 can be read")) { Offset = origin + VersionAt };
        int lengthBytes = version == 1 ? 2 : 4;
        Span<byte> field = stackalloc byte[4];
        field.Clear();
        source.Read(start.Length, field[..lengthBytes]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(field);
        dataStart = start.Length + lengthBytes + (long)length;
        if (dataStart > source.Length)
            throw new ArtifactException(ArtifactCodes.Truncated, string.Create(CultureInfo.InvariantCulture, $"the header should have {length} bytes, but only {source.Length - start.Length - lengthBytes} follow")) { Offset = origin + start.Length };
        if (length > MaxHeaderBytes)
            throw new ArtifactException(ArtifactCodes.LimitExceeded, string.Create(CultureInfo.InvariantCulture, $"the header has {length} bytes, at most {MaxHeaderBytes} are read")) { Offset = origin + start.Length };
        meter.Charge(3L * length);
        byte[] text = new byte[(int)length];
        source.Read(start.Length + lengthBytes, text);
        // Latin-1 in versions 1 and 2, UTF-8 in version 3 (for names of fields, which are passed over).
        return NpyHeaderParser.Parse(Encoding.Latin1.GetString(text), origin + start.Length + lengthBytes, meter);
    }
}
