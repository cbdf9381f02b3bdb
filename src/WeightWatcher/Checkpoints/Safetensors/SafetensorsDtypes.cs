namespace WeightWatcher.Checkpoints.Safetensors;

/// <summary>
/// The <c>dtype</c> strings of a safetensors header: the enumeration <c>Dtype</c> of the reference implementation
/// (https://github.com/huggingface/safetensors, safetensors/src/tensor.rs).
/// </summary>
internal static class SafetensorsDtypes
{
    /// <summary>The type that a header's string names, or null for a string that the format does not know.</summary>
    public static SafetensorsDtype? Find(string name) => name switch
    {
        "F64" => new(ElementEncoding.F64),
        "F32" => new(ElementEncoding.F32),
        "F16" => new(ElementEncoding.F16),
        "BF16" => new(ElementEncoding.BF16),
        "I64" => new(ElementEncoding.I64),
        "I32" => new(ElementEncoding.I32),
        "I16" => new(ElementEncoding.I16),
        "I8" => new(ElementEncoding.I8),
        "U64" => new(ElementEncoding.U64),
        "U32" => new(ElementEncoding.U32),
        "U16" => new(ElementEncoding.U16),
        "U8" => new(ElementEncoding.U8),
        "BOOL" => new(ElementEncoding.Bool),
        "F8_E4M3" => new(ElementEncoding.F8E4M3),
        "F8_E5M2" => new(ElementEncoding.F8E5M2),
        "F8_E4M3FNUZ" => new(ElementEncoding.F8E4M3Fnuz),
        "F8_E5M2FNUZ" => new(ElementEncoding.F8E5M2Fnuz),
        "F8_E8M0" => new(ElementEncoding.F8E8M0),
        "F4" => new(ElementEncoding.F4),
        "F6_E2M3" => new(ElementEncoding.F6E2M3),
        "F6_E3M2" => new(ElementEncoding.F6E3M2),
        "C64" => new(64, "complex elements"),
        _ => null,
    };
}

/// <summary>One <c>dtype</c>.</summary>
internal sealed record SafetensorsDtype
{
    /// <summary>A type that is decoded.</summary>
    public SafetensorsDtype(ElementEncoding encoding)
    {
        Encoding = encoding;
        Bits = encoding.Bits;
    }

    /// <summary>A type whose size is known and whose elements are not read.</summary>
    public SafetensorsDtype(int bits, string whyUnreadable)
    {
        Bits = bits;
        WhyUnreadable = whyUnreadable;
    }

    /// <summary>Bits of one element.</summary>
    public int Bits { get; }

    /// <summary>How elements are decoded; null when they are not.</summary>
    public ElementEncoding? Encoding { get; }

    /// <summary>Why elements are not decoded; null when they are.</summary>
    public string? WhyUnreadable { get; }
}
