using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Composition;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// Checks a <c>TensorProto</c> against the rules of the ONNX checker (https://github.com/onnx/onnx/blob/main/docs/IR.md#tensor-definition and <c>onnx/checker.cc</c>) and makes
/// a tensor of it. Stricter than the checker: <c>raw_data</c> must have exactly the bytes that the shape asks for.
/// </summary>
internal sealed class OnnxTensorFactory(WireReader reader, OnnxExternalData external)
{
    /// <summary>Checks a tensor's description and finds its elements.</summary>
    /// <param name="proto">The message.</param>
    /// <param name="name">The full name.</param>
    /// <returns>The tensor, or why it cannot be read.</returns>
    /// <exception cref="ArtifactException">The message breaks the format's rules.</exception>
    public OnnxElements Locate(OnnxTensorProto proto, string name)
    {
        OnnxDataType type = OnnxDataType.Find(proto.DataType)
            ?? throw proto.Fault(ArtifactCodes.UnknownElementType, $"the data_type {proto.DataType} is not one that ONNX defines", name);
        if (!TensorShape.TryCount(proto.Dims.AsSpan(), out long count))
            throw proto.Fault(ArtifactCodes.InvalidShape, $"the shape {TensorShape.Text(proto.Dims)} is negative or has more elements than can be counted", name);
        if (proto.IsExternal)
            return LocateExternal(proto, name, type, count);
        if (type.Encoding is null)
            return new OnnxElements(type, type.WhyUnreadable);
        if (proto.ValueField is null)
        {
            return count == 0
                ? new OnnxElements(type, count, reader.Source, 0)
                : throw proto.Fault(ArtifactCodes.InvalidShape, $"the shape {TensorShape.Text(proto.Dims)} has {count} elements, but the tensor holds none", name);
        }

        if (proto.ValueField == OnnxFields.RawData)
            return LocateRaw(proto, name, type, count);
        return proto.ValueField == type.TypedField
            ? LocateTyped(proto, name, type, count)
            : throw proto.Fault(ArtifactCodes.Malformed, $"elements of type {type.Name} are stored in field {proto.ValueField}, expected field {type.TypedField} or raw_data", name);
    }

    private OnnxElements LocateRaw(OnnxTensorProto proto, string name, OnnxDataType type, long count)
    {
        WireField run = proto.Runs[0];
        WireReader.Expect(run, WireType.Length, "a tensor's raw_data");
        RequireBytes(proto, name, type, count, run.Length, "raw_data has");
        return new OnnxElements(type, count, reader.Source, run.Start);
    }

    private OnnxElements LocateExternal(OnnxTensorProto proto, string name, OnnxDataType type, long count)
    {
        if (proto.ValueField is { } field)
            throw proto.Fault(ArtifactCodes.Malformed, $"the tensor holds elements in field {field} and says that they lie in another file", name);
        if (type.Encoding is null)
        {
            return type.Bits == 0
                ? throw proto.Fault(ArtifactCodes.Malformed, $"strings cannot lie in another file", name)
                : new OnnxElements(type, type.WhyUnreadable);
        }

        OnnxExternalRun run = external.Locate(proto, name);
        RequireBytes(proto, name, type, count, run.Length, "the other file gives");
        return new OnnxElements(type, count, run.File, run.Offset) { StorageIdentity = (run.File.Path, run.Offset, type.Name, count) };
    }

    private OnnxElements LocateTyped(OnnxTensorProto proto, string name, OnnxDataType type, long count)
    {
        bool fixedSize = proto.ValueField is OnnxFields.FloatData or OnnxFields.DoubleData;
        WireType single = proto.ValueField switch { OnnxFields.FloatData => WireType.Fixed32, OnnxFields.DoubleData => WireType.Fixed64, _ => WireType.Varint };
        foreach (WireField run in proto.Runs)
        {
            if (run.Type != single)
                WireReader.Expect(run, WireType.Length, "a tensor's elements");
        }

        (ByteSource source, long offset, long length) = Joined(proto.Runs);
        if (fixedSize)
        {
            RequireBytes(proto, name, type, count, length, "the tensor holds");
            return new OnnxElements(type, count, source, offset);
        }

        ByteSource packed = source.Slice(offset, length);
        VarintIndex index = VarintTensor.Index(packed, reader.CancellationToken)
            ?? throw proto.Fault(ArtifactCodes.Malformed, $"the packed elements are no well-formed numbers", name);
        reader.Hold(8L * index.Marks.Length, proto.Offset);
        // Each number holds a byte of narrow elements; some writers fill all 32 bits.
        long perByte = type.Bits < 8 ? 8 / type.Bits : 1;
        bool fillsBytes = index.Count == (count / perByte) + (count % perByte == 0 ? 0 : 1);
        bool fillsWords = type.Bits < 8 && index.Count == (count / (4 * perByte)) + (count % (4 * perByte) == 0 ? 0 : 1);
        if (!fillsBytes && !fillsWords)
            throw proto.Fault(ArtifactCodes.InvalidShape, $"the shape {TensorShape.Text(proto.Dims)} has {count} elements, but the tensor holds {index.Count}", name);
        return new OnnxElements(type, count, packed, 0) { Index = index, FillsWords = !fillsBytes };
    }

    /// <summary>One run as it lies in the file; several are joined in memory.</summary>
    private (ByteSource Source, long Offset, long Length) Joined(List<WireField> runs)
    {
        if (runs.Count == 1)
            return (reader.Source, runs[0].Start, runs[0].Length);
        long length = runs.Sum(run => run.Length);
        reader.Hold(length, runs[0].Start);
        byte[] joined = new byte[length];
        int at = 0;
        foreach (WireField run in runs)
        {
            reader.Source.Read(run.Start, joined.AsSpan(at, (int)run.Length));
            at += (int)run.Length;
        }

        return (new MemorySource(joined), 0, length);
    }

    private static void RequireBytes(OnnxTensorProto proto, string name, OnnxDataType type, long count, long found, string where)
    {
        if (!type.Encoding!.TryGetByteCount(count, out long wanted) || wanted != found)
        {
            throw proto.Fault(
                ArtifactCodes.InvalidShape, $"the shape {TensorShape.Text(proto.Dims)} of {type.Name} needs {(Int128)count * type.Bits / 8} bytes, but {where} {found}", name);
        }
    }
}

/// <summary>Where the elements of one tensor lie, or why they are not read.</summary>
internal sealed record OnnxElements
{
    /// <summary>Elements that are not read.</summary>
    public OnnxElements(OnnxDataType type, string? whyUnreadable)
    {
        Type = type;
        WhyUnreadable = whyUnreadable;
    }

    /// <summary>Elements packed from an offset on.</summary>
    public OnnxElements(OnnxDataType type, long count, ByteSource source, long offset)
    {
        Type = type;
        Count = count;
        Source = source;
        Offset = offset;
    }

    /// <summary>Elements of which only those that are not zero are stored.</summary>
    public OnnxElements(OnnxDataType type, OnnxElements values, ImmutableArray<long> valuesShape, Tensor positions)
    {
        Type = type;
        Sparse = (values, valuesShape, positions);
    }

    /// <summary>The element type.</summary>
    public OnnxDataType Type { get; }

    /// <summary>The stored elements of a sparse tensor and where they belong, else null.</summary>
    public (OnnxElements Values, ImmutableArray<long> Shape, Tensor Positions)? Sparse { get; }

    /// <summary>Why the elements are not read, or null.</summary>
    public string? WhyUnreadable { get; }

    /// <summary>How many there are.</summary>
    public long Count { get; }

    /// <summary>Where they lie; null when they are not read.</summary>
    public ByteSource? Source { get; }

    /// <summary>The first byte of the first.</summary>
    public long Offset { get; }

    /// <summary>The places of numbers of varying length; null for elements of one size.</summary>
    public VarintIndex? Index { get; init; }

    /// <summary>True when elements narrower than a byte fill the 32 bits of a number, not its lowest byte alone.</summary>
    public bool FillsWords { get; init; }

    /// <summary>What <see cref="Tensor.StorageIdentity"/> will be, together with the shape.</summary>
    public object? StorageIdentity { get; init; }

    /// <summary>The tensor of these elements, which are readable.</summary>
    public Tensor ToTensor(string name, ImmutableArray<long> shape, TensorLayout layout, bool isOptimizerState) => Sparse is { } sparse
        ? new SparseTensor(name, shape, sparse.Values.ToTensor(name, sparse.Shape, TensorLayout.Unspecified, isOptimizerState), sparse.Positions) { Layout = layout }
        : Index is not null && Type.Bits < 8
        ? Packed(name, shape, layout, isOptimizerState)
        : Index is null
        ? new ContiguousTensor(name, shape, Count, Type.Encoding!, Type.Name, Source!, Offset) { Layout = layout, IsOptimizerState = isOptimizerState, StorageIdentity = StorageIdentity is null ? null : (StorageIdentity, TensorShape.Text(shape)) }
        : new VarintTensor(name, shape, Type.Encoding!, Type.Name, Source!, Index) { Layout = layout, IsOptimizerState = isOptimizerState };

    /// <summary>Narrow elements inside numbers of varying length.</summary>
    private ReshapedTensor Packed(string name, ImmutableArray<long> shape, TensorLayout layout, bool isOptimizerState)
    {
        VarintTensor words = new(name, [Index!.Count], FillsWords ? ElementEncoding.I32 : ElementEncoding.U8, Type.Name, Source!, Index);
        PackedCodesTensor codes = new(name, [Count], words, Index.Count, Type.Bits, CodeOrder.LowBitsFirst, PackedCodesTensor.Numbers(Type.Encoding!)) { AreIntegers = !Type.Encoding!.IsFloatingPoint };
        return new ReshapedTensor(name, codes, shape) { Layout = layout, IsOptimizerState = isOptimizerState };
    }
}
