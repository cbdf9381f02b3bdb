using System.Runtime.InteropServices;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// Asks the operating system to back large scratch memory by large pages: the rows of a matrix are pages apart, and with pages of 4 kB their addresses do not fit into the
/// processor's table of translations. Only a hint; where it is not understood nothing changes but the speed.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>The size of a large page, and the least memory for which the hint is given.</summary>
    public const nuint Size = 2 << 20;

    // linux/mman.h
    private const int Advice = 14;

    private static readonly bool Understood = OperatingSystem.IsLinux() && Try();

    /// <summary>Whether memory of this many bytes is to be aligned to <see cref="Size"/>.</summary>
    public static bool Serve(nuint bytes) => bytes >= Size && Understood;

    /// <summary>Gives the hint for memory aligned to <see cref="Size"/>. An error is no reason to do anything: the kernel may be built without large pages.</summary>
    public static void Advise(void* start, nuint bytes) => _ = MemoryAdvice(start, bytes, Advice);

    private static bool Try()
    {
        try
        {
            return MemoryAdvice(null, 0, Advice) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MemoryAdvice(void* start, nuint bytes, int advice);
}
