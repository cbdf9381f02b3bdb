using System.Runtime.InteropServices;

namespace WeightWatcher.Spectra;

/// <summary>The C library's allocator, from which the runtime has the memory that it compiles with.</summary>
internal static partial class SystemAllocator
{
    private static volatile bool _trims = OperatingSystem.IsLinux();

    /// <summary>Has it give back what it keeps and nobody uses, malloc_trim(3); nothing where the library, other than that of GNU, does not know how.</summary>
    public static void Trim()
    {
        if (!_trims)
            return;
        try
        {
            _ = TrimHeap(0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            _trims = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int TrimHeap(nuint pad);
}
