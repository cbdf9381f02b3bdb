using System.Runtime.InteropServices;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// Large scratch memory that the operating system is asked to back by large pages: the rows of a matrix are pages apart, and with pages of 4 kB their addresses do not fit into the
/// processor's table of translations. It comes from the system and goes back there at once: the C library's allocator keeps what lies between blocks of this alignment, up to several times
/// of what is in use. Where the system does not understand the request, memory comes from that allocator.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>The size of a large page, and the least memory that is served.</summary>
    public const nuint Size = 2 << 20;

    // linux/mman.h: read and write; private and anonymous; the advice MADV_HUGEPAGE.
    private const int ReadWrite = 3, PrivateAnonymous = 0x22, Advice = 14;

    private static readonly bool Understood = OperatingSystem.IsLinux() && Try();

    /// <summary>Whether memory of this many bytes comes from here.</summary>
    public static bool Serve(nuint bytes) => bytes >= Size && Understood;

    /// <summary>Memory for so many bytes, aligned to <see cref="Size"/>, all zero.</summary>
    /// <param name="bytes">A number for which <see cref="Serve"/> holds.</param>
    /// <returns>What <see cref="Unmap"/> takes, and the memory inside of it.</returns>
    /// <exception cref="InsufficientMemoryException">The system has none.</exception>
    public static (nint Mapping, nuint Length, nint Memory) Map(nuint bytes)
    {
        // As much more as the start may have to move. What is not touched takes no memory.
        nuint length = checked(bytes + Size);
        nint mapping = MapMemory(0, length, ReadWrite, PrivateAnonymous, -1, 0);
        if (mapping == -1)
            throw new InsufficientMemoryException($"the system has no {bytes} bytes for a matrix");
        nint memory = (nint)(((nuint)mapping + Size - 1) / Size * Size);

        // Only a hint; an error is no reason to do anything: the kernel may be built without large pages.
        _ = MemoryAdvice(memory, bytes / Size * Size, Advice);
        return (mapping, length, memory);
    }

    /// <summary>Gives memory back.</summary>
    public static void Unmap(nint mapping, nuint length) => _ = UnmapMemory(mapping, length);

    private static bool Try()
    {
        try
        {
            return MemoryAdvice(0, 0, Advice) == 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MemoryAdvice(nint start, nuint bytes, int advice);

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint MapMemory(nint start, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnmapMemory(nint start, nuint bytes);
}
