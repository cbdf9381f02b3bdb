namespace WeightWatcher.Checkpoints.Onnx;

/// <summary>One <c>TensorProto.DataType</c> (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).</summary>
/// <param name="Name">The enumerator's name.</param>
/// <param name="Encoding">How elements are stored in <c>raw_data</c> and in external files; null when they are not read.</param>
/// <param name="TypedField">The number of the <c>*_data</c> field that may hold elements instead.</param>
/// <param name="WhyUnreadable">Why elements are not read; null when they are.</param>
/// <param name="Bits">Bits of one element; 0 for strings.</param>
internal sealed record OnnxDataType(string Name, ElementEncoding? Encoding, int TypedField, string? WhyUnreadable, int Bits)
{
    private static readonly OnnxDataType[] Known =
    [
        Of("FLOAT", ElementEncoding.F32, OnnxFields.FloatData),
        Of("UINT8", ElementEncoding.U8, OnnxFields.Int32Data),
        Of("INT8", ElementEncoding.I8, OnnxFields.Int32Data),
        Of("UINT16", ElementEncoding.U16, OnnxFields.Int32Data),
        Of("INT16", ElementEncoding.I16, OnnxFields.Int32Data),
        Of("INT32", ElementEncoding.I32, OnnxFields.Int32Data),
        Of("INT64", ElementEncoding.I64, OnnxFields.Int64Data),
        new("STRING", null, OnnxFields.StringData, "string elements", 0),
        Of("BOOL", ElementEncoding.Bool, OnnxFields.Int32Data),
        Of("FLOAT16", ElementEncoding.F16, OnnxFields.Int32Data),
        Of("DOUBLE", ElementEncoding.F64, OnnxFields.DoubleData),
        Of("UINT32", ElementEncoding.U32, OnnxFields.Uint64Data),
        Of("UINT64", ElementEncoding.U64, OnnxFields.Uint64Data),
        new("COMPLEX64", null, OnnxFields.FloatData, "complex elements", 64),
        new("COMPLEX128", null, OnnxFields.DoubleData, "complex elements", 128),
        Of("BFLOAT16", ElementEncoding.BF16, OnnxFields.Int32Data),
        Of("FLOAT8E4M3FN", ElementEncoding.F8E4M3, OnnxFields.Int32Data),
        Of("FLOAT8E4M3FNUZ", ElementEncoding.F8E4M3Fnuz, OnnxFields.Int32Data),
        Of("FLOAT8E5M2", ElementEncoding.F8E5M2, OnnxFields.Int32Data),
        Of("FLOAT8E5M2FNUZ", ElementEncoding.F8E5M2Fnuz, OnnxFields.Int32Data),
        Of("UINT4", ElementEncoding.U4, OnnxFields.Int32Data),
        Of("INT4", ElementEncoding.I4, OnnxFields.Int32Data),
        Of("FLOAT4E2M1", ElementEncoding.F4, OnnxFields.Int32Data),
        Of("FLOAT8E8M0", ElementEncoding.F8E8M0, OnnxFields.Int32Data),
        Of("UINT2", ElementEncoding.U2, OnnxFields.Int32Data),
        Of("INT2", ElementEncoding.I2, OnnxFields.Int32Data),
    ];

    /// <summary>The type of a number, or null when ONNX defines none (0 is <c>UNDEFINED</c>).</summary>
    public static OnnxDataType? Find(ulong number) => number >= 1 && number <= (ulong)Known.Length ? Known[number - 1] : null;

    private static OnnxDataType Of(string name, ElementEncoding encoding, int typedField) => new(name, encoding, typedField, null, encoding.Bits);
}
