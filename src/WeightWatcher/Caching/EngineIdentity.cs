using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Caching;

/// <summary>What else than weights and options decides the last bits of a number: the build of this library and of what it computes with, the processor.</summary>
internal static class EngineIdentity
{
    /// <summary>
    /// One line. Builds are deterministic, so the same sources give the same module version, in a build task and in a test alike; the instruction set, the
    /// runtime and the platform's own functions round in their own ways.
    /// </summary>
    public static string Text { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"core={typeof(EngineIdentity).Module.ModuleVersionId:N};math={typeof(MathNet.Numerics.SpecialFunctions).Module.ModuleVersionId:N};runtime={Environment.Version};"
        + $"platform={RuntimeInformation.RuntimeIdentifier};kernels={InstructionPaths.Resolve(InstructionPath.Fastest)};vector={System.Numerics.Vector<byte>.Count};"
        + $"accelerated={Vector128.IsHardwareAccelerated},{Vector256.IsHardwareAccelerated},{Vector512.IsHardwareAccelerated}");
}
