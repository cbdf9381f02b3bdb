using System.Runtime.InteropServices;

namespace WeightWatcher;

/// <summary>The C library's allocator, from which the runtime has the memory that it compiles with.</summary>
internal static partial class SystemAllocator
{
    // Of the library of GNU only.
    private static readonly bool Understood = OperatingSystem.IsLinux() && Try();

    /// <summary>Has it give back what it keeps and nobody uses, malloc_trim(3); nothing where the library does not know how.</summary>
    public static void Trim()
    {
        if (Understood)
            _ = TrimHeap(0);
    }

    private static bool Try()
    {
        try
        {
            return TrimHeap(0) >= 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int TrimHeap(nuint pad);
}
