using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>
/// A <c>SparseTensorProto</c> (https://github.com/onnx/onnx/blob/main/docs/IR.md#sparse-tensors): checked, and expanded where the values that are stored justify the dense size, since a small file could
/// claim any.
/// </summary>
/// <param name="Name">The name, that of its values unless the place gives another.</param>
/// <param name="Shape">The dense shape.</param>
/// <param name="Elements">The elements of the dense tensor, or why they are not read.</param>
internal sealed record OnnxSparseTensor(string Name, ImmutableArray<long> Shape, OnnxElements Elements)
{
    /// <summary>How many dense elements a stored one may stand for.</summary>
    private const long MaxGrowth = 64;

    private const int BlockElements = 4096;

    /// <summary>Parses and checks a message.</summary>
    /// <exception cref="ArtifactException">An index lies outside the shape or is out of order, or the parts do not fit each other.</exception>
    public static OnnxSparseTensor Parse(WireReader reader, OnnxTensorFactory factory, WireField message, string? name)
    {
        WireField? values = null;
        WireField? indices = null;
        ImmutableArray<long>.Builder dims = ImmutableArray.CreateBuilder<long>();
        for (long position = message.Start; position < message.End;)
        {
            WireField field = reader.ReadField(ref position, message.End);
            switch (field.Number)
            {
                case OnnxFields.SparseValues:
                    WireReader.Expect(field, WireType.Length, "the values of a sparse tensor");
                    values = field;
                    break;
                case OnnxFields.SparseIndices:
                    WireReader.Expect(field, WireType.Length, "the indices of a sparse tensor");
                    indices = field;
                    break;
                case OnnxFields.SparseDims:
                    reader.ReadAxes(field, dims, "the dims of a sparse tensor");
                    break;
            }
        }

        if (values is null)
            throw WireReader.Malformed($"a sparse tensor has no values", message.Start);
        OnnxTensorProto valuesProto = OnnxTensorProto.Parse(reader, values.Value);
        name ??= valuesProto.Name;
        if (name.Length == 0)
            throw WireReader.Malformed($"a sparse tensor has no name", message.Start);
        ImmutableArray<long> shape = dims.DrainToImmutable();
        if (!TensorShape.TryCount(shape.AsSpan(), out long dense))
            throw valuesProto.Fault(ArtifactCodes.InvalidShape, $"the shape {TensorShape.Text(shape)} is negative or has more elements than can be counted", name);
        OnnxElements elements = factory.Locate(valuesProto, name);
        if (valuesProto.Dims.Length != 1)
            throw valuesProto.Fault(ArtifactCodes.InvalidShape, $"the values of a sparse tensor have the shape {TensorShape.Text(valuesProto.Dims)}, expected one axis", name);
        Tensor? positions = null;
        if (indices is { } given)
            positions = CheckIndices(reader, factory, given, name, valuesProto.Dims[0], shape, dense);
        else if (valuesProto.Dims[0] > 0)
            throw valuesProto.Fault(ArtifactCodes.Malformed, $"a sparse tensor has values without indices", name);
        bool isReadable = positions is not null && elements.WhyUnreadable is null && dense / MaxGrowth <= valuesProto.Dims[0];
        return new OnnxSparseTensor(name, shape, isReadable
            ? new OnnxElements(elements.Type, elements, valuesProto.Dims, positions!)
            : new OnnxElements(elements.Type, "sparse, with more zeros than its values justify"));
    }

    /// <summary>Indices are [nnz] into the flattened tensor or [nnz, rank], in rising order without repetition.</summary>
    private static Tensor CheckIndices(
        WireReader reader, OnnxTensorFactory factory, WireField message, string name, long nonZeros, ImmutableArray<long> shape, long dense)
    {
        OnnxTensorProto proto = OnnxTensorProto.Parse(reader, message);
        OnnxElements elements = factory.Locate(proto, name);
        bool flat = proto.Dims.Length == 1 && proto.Dims[0] == nonZeros;
        bool perAxis = proto.Dims.Length == 2 && proto.Dims[0] == nonZeros && proto.Dims[1] == shape.Length && shape.Length > 0;
        if (elements.Type.Name != "INT64" || !(flat || perAxis))
        {
            throw proto.Fault(
                ArtifactCodes.Malformed,
                $"the indices of a sparse tensor are {elements.Type.Name} {TensorShape.Text(proto.Dims)}, expected INT64 [{nonZeros}] or [{nonZeros}, {shape.Length}]",
                name);
        }

        Tensor tensor = elements.ToTensor(name, proto.Dims, TensorLayout.Unspecified, false);
        int axes = flat ? 1 : shape.Length;
        double[] block = new double[(int)Math.Min(tensor.Count, BlockElements / axes * axes)];
        double last = -1;
        for (long start = 0; start < tensor.Count; start += block.Length)
        {
            reader.CancellationToken.ThrowIfCancellationRequested();
            Span<double> read = block.AsSpan(0, (int)Math.Min(block.Length, tensor.Count - start));
            tensor.Read(start, read);
            for (int i = 0; i < read.Length; i += axes)
            {
                double index = 0;
                for (int axis = 0; axis < axes; axis++)
                {
                    double length = flat ? dense : shape[axis];
                    double value = read[i + axis];
                    if (!(value >= 0 && value < length))
                        throw proto.Fault(ArtifactCodes.TensorOutOfBounds, $"entry {(start + i) / axes} of a sparse tensor has the index {value}, expected 0 to {length - 1}", name);
                    index = (index * length) + value;
                }

                if (index <= last)
                    throw proto.Fault(ArtifactCodes.Malformed, $"entry {(start + i) / axes} of a sparse tensor is not in rising order", name);
                last = index;
            }
        }

        return tensor;
    }
}
