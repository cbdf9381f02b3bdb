using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// The instruction set of the inner kernels. The paths differ in rounding (at most 1e-12 lambda_max in a spectrum) and in speed, never in meaning; every path runs on
/// every processor, since what the hardware lacks is emulated.
/// </summary>
internal enum InstructionPath
{
    /// <summary>The fastest that the processor has.</summary>
    Fastest,

    /// <summary>512-bit vectors, 32 registers: AVX-512.</summary>
    Vector512,

    /// <summary>256-bit vectors, 16 registers: AVX2 with FMA.</summary>
    Vector256,

    /// <summary>128-bit vectors, 32 registers: ARM AdvSimd.</summary>
    Vector128Wide,

    /// <summary>128-bit vectors, 16 registers: any processor; multiplies and adds separately where nothing fused exists.</summary>
    Vector128,
}

/// <summary>Chooses among the instruction sets.</summary>
internal static class InstructionPaths
{
    /// <summary>What <see cref="InstructionPath.Fastest"/> stands for on this processor; any other path is returned as it is.</summary>
    public static InstructionPath Resolve(InstructionPath path)
    {
        if (path != InstructionPath.Fastest)
            return path;
        if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            return InstructionPath.Vector512;
        if (System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated && Fma.IsSupported)
            return InstructionPath.Vector256;
        return AdvSimd.Arm64.IsSupported ? InstructionPath.Vector128Wide : InstructionPath.Vector128;
    }
}
