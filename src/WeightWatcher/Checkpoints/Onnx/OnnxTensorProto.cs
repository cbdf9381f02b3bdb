using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>A <c>TensorProto</c> as it stands in the file: what it says of itself and where its elements lie. Nothing is checked against the elements yet.</summary>
internal sealed class OnnxTensorProto
{
    private static readonly int[] ValueFields =
        [OnnxFields.FloatData, OnnxFields.Int32Data, OnnxFields.StringData, OnnxFields.Int64Data, OnnxFields.RawData, OnnxFields.DoubleData, OnnxFields.Uint64Data];

    /// <summary>The first byte of the message in the file, for messages.</summary>
    public required long Offset { get; init; }

    /// <summary>The name, empty when it has none.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The lengths of the axes as they stand.</summary>
    public ImmutableArray<long> Dims { get; private set; } = [];

    /// <summary>The element type's number, 0 when it is not given.</summary>
    public ulong DataType { get; private set; }

    /// <summary>The number of the one field that holds elements, or null when none does.</summary>
    public int? ValueField { get; private set; }

    /// <summary>The runs of that field, in order: one for packed elements and raw data, one per element for elements that are not packed.</summary>
    public List<WireField> Runs { get; } = [];

    /// <summary>True when the elements lie in another file.</summary>
    public bool IsExternal { get; private set; }

    /// <summary>The keys and values of <c>external_data</c>, in order.</summary>
    public List<(string Key, string Value)> ExternalData { get; } = [];

    /// <summary>Parses a message.</summary>
    /// <exception cref="ArtifactException">It is not a well-formed tensor.</exception>
    public static OnnxTensorProto Parse(WireReader reader, WireField message)
    {
        OnnxTensorProto tensor = new() { Offset = message.Start };
        ImmutableArray<long>.Builder dims = ImmutableArray.CreateBuilder<long>();
        for (long position = message.Start; position < message.End;)
        {
            WireField field = reader.ReadField(ref position, message.End);
            switch (field.Number)
            {
                case OnnxFields.TensorDims:
                    reader.ReadAxes(field, dims, "a tensor's dims");
                    break;
                case OnnxFields.TensorDataType:
                    WireReader.Expect(field, WireType.Varint, "a tensor's data_type");
                    tensor.DataType = field.Value;
                    break;
                case OnnxFields.TensorName:
                    tensor.Name = reader.ReadString(field, "a tensor's name");
                    break;
                case OnnxFields.TensorSegment:
                    throw WireReader.Malformed($"a tensor is stored in segments, which ONNX never defined", field.Start);
                case OnnxFields.TensorExternalData:
                    tensor.ExternalData.Add(ReadEntry(reader, field));
                    break;
                case OnnxFields.TensorDataLocation:
                    WireReader.Expect(field, WireType.Varint, "a tensor's data_location");
                    if (field.Value > 1)
                        throw WireReader.Malformed($"a tensor's data_location is {field.Value}, expected 0 or 1", field.Start);
                    tensor.IsExternal = field.Value == 1;
                    break;
                case var number when Array.IndexOf(ValueFields, number) >= 0:
                    tensor.AddRun(reader, field);
                    break;
            }
        }

        tensor.Dims = dims.DrainToImmutable();
        return tensor;
    }

    /// <summary>The tensor that the attribute <c>value_float</c> or <c>value_floats</c> of a Constant node stands for.</summary>
    public static OnnxTensorProto OfFloats(long offset, List<WireField> runs, bool isScalar)
    {
        OnnxTensorProto tensor = new() { Offset = offset, DataType = 1, ValueField = OnnxFields.FloatData };
        tensor.Runs.AddRange(runs);
        tensor.Dims = isScalar ? [] : [runs.Sum(run => run.Length) / sizeof(float)];
        return tensor;
    }

    /// <summary>A failure of this tensor.</summary>
    public ArtifactException Fault(DiagnosticCode code, FormattableString message, string? name = null) =>
        new(code, FormattableString.Invariant(message)) { Tensor = name ?? Name, Offset = Offset };

    private static (string Key, string Value) ReadEntry(WireReader reader, WireField message)
    {
        WireReader.Expect(message, WireType.Length, "an entry of external_data");
        string key = "";
        string value = "";
        for (long position = message.Start; position < message.End;)
        {
            WireField field = reader.ReadField(ref position, message.End);
            if (field.Number == OnnxFields.EntryKey)
                key = reader.ReadString(field, "a key of external_data");
            else if (field.Number == OnnxFields.EntryValue)
                value = reader.ReadString(field, "a value of external_data");
        }

        reader.Hold(64 + (2L * (key.Length + value.Length)), message.Start);
        return (key, value);
    }

    private void AddRun(WireReader reader, WireField field)
    {
        // An empty field says nothing: serializers write one for a tensor without elements.
        if (field.Type == WireType.Length && field.Length == 0 && field.Number != OnnxFields.StringData)
            return;
        if (ValueField is { } other && other != field.Number)
            throw Fault(ArtifactCodes.Malformed, $"the tensor holds its elements twice, in field {other} and in field {field.Number}");
        if (field.Number == OnnxFields.RawData && ValueField is not null)
            throw Fault(ArtifactCodes.Malformed, $"the tensor has raw_data twice");
        ValueField = field.Number;
        if (field.Number == OnnxFields.StringData)
            return;
        if (Runs.Count > 0)
            reader.Hold(64, field.Start);
        Runs.Add(field);
    }
}
