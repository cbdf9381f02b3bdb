using System.Collections.Frozen;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>An element type as PyTorch names it.</summary>
/// <param name="Name">The dtype without its module: <c>float32</c>, <c>bfloat16</c>, <c>qint8</c>.</param>
/// <param name="Size">Bytes of one element; 1 for types that pack several into a byte, whose storages count bytes.</param>
/// <param name="Encoding">How an element is decoded, null when it is not. For quantized types the encoding of the codes.</param>
/// <param name="IsQuantized">True when the elements are codes that mean nothing without a scale.</param>
internal sealed record TorchElementType(string Name, int Size, ElementEncoding? Encoding, bool IsQuantized = false)
{
    /// <summary>Bytes without a type; each tensor on such a storage says its own.</summary>
    public static readonly TorchElementType Untyped = new("untyped", 1, ElementEncoding.U8);

    private static readonly FrozenDictionary<string, TorchElementType> ByDtype = new TorchElementType[]
    {
        new("float64", 8, ElementEncoding.F64),
        new("float32", 4, ElementEncoding.F32),
        new("float16", 2, ElementEncoding.F16),
        new("bfloat16", 2, ElementEncoding.BF16),
        new("int64", 8, ElementEncoding.I64),
        new("int32", 4, ElementEncoding.I32),
        new("int16", 2, ElementEncoding.I16),
        new("int8", 1, ElementEncoding.I8),
        new("uint64", 8, ElementEncoding.U64),
        new("uint32", 4, ElementEncoding.U32),
        new("uint16", 2, ElementEncoding.U16),
        new("uint8", 1, ElementEncoding.U8),
        new("bool", 1, ElementEncoding.Bool),
        new("complex32", 4, null),
        new("complex64", 8, null),
        new("complex128", 16, null),
        new("float8_e4m3fn", 1, ElementEncoding.F8E4M3),
        new("float8_e4m3fnuz", 1, ElementEncoding.F8E4M3Fnuz),
        new("float8_e5m2", 1, ElementEncoding.F8E5M2),
        new("float8_e5m2fnuz", 1, ElementEncoding.F8E5M2Fnuz),
        new("float8_e8m0fnu", 1, ElementEncoding.F8E8M0),
        new("float4_e2m1fn_x2", 1, null),
        new("qint8", 1, ElementEncoding.I8, IsQuantized: true),
        new("quint8", 1, ElementEncoding.U8, IsQuantized: true),
        new("qint32", 4, ElementEncoding.I32, IsQuantized: true),
        new("quint4x2", 1, null, IsQuantized: true),
        new("quint2x4", 1, null, IsQuantized: true),
    }.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> DtypeOfStorage = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = "float64",
        ["FloatStorage"] = "float32",
        ["HalfStorage"] = "float16",
        ["BFloat16Storage"] = "bfloat16",
        ["LongStorage"] = "int64",
        ["IntStorage"] = "int32",
        ["ShortStorage"] = "int16",
        ["CharStorage"] = "int8",
        ["ByteStorage"] = "uint8",
        ["BoolStorage"] = "bool",
        ["ComplexFloatStorage"] = "complex64",
        ["ComplexDoubleStorage"] = "complex128",
        ["QInt8Storage"] = "qint8",
        ["QUInt8Storage"] = "quint8",
        ["QInt32Storage"] = "qint32",
        ["QUInt4x2Storage"] = "quint4x2",
        ["QUInt2x4Storage"] = "quint2x4",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["double"] = "float64",
        ["float"] = "float32",
        ["half"] = "float16",
        ["long"] = "int64",
        ["int"] = "int32",
        ["short"] = "int16",
        ["cfloat"] = "complex64",
        ["cdouble"] = "complex128",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The type of a storage class, by its name without the module; null when it is unknown.</summary>
    public static TorchElementType? OfStorage(string name) => name is "UntypedStorage" or "_UntypedStorage"
        ? Untyped
        : DtypeOfStorage.TryGetValue(name, out string? dtype) ? ByDtype[dtype] : null;

    /// <summary>The type of a dtype, by its name without the module; null when it is unknown.</summary>
    public static TorchElementType? OfDtype(string name) => ByDtype.GetValueOrDefault(Aliases.GetValueOrDefault(name, name));
}
