namespace WeightWatcher.Checkpoints;

/// <summary>How an element of a tensor is stored. Names follow the safetensors specification.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 binary64.</summary>
    F64,

    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>The upper 16 bits of a binary32.</summary>
    BF16,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Signed 16-bit integer.</summary>
    I16,

    /// <summary>Signed 8-bit integer.</summary>
    I8,

    /// <summary>Unsigned 64-bit integer.</summary>
    U64,

    /// <summary>Unsigned 32-bit integer.</summary>
    U32,

    /// <summary>Unsigned 16-bit integer.</summary>
    U16,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>A byte that is 0 or 1.</summary>
    Bool,

    /// <summary>Two binary32, real part first.</summary>
    C64,

    /// <summary>Two binary64, real part first.</summary>
    C128,

    /// <summary>A type that the format defines and that is not decoded here; <see cref="Tensor.ElementTypeName"/> names it.</summary>
    Other,
}
