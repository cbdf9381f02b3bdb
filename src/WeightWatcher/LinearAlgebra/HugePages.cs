using System.Runtime.InteropServices;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// Large scratch memory that the operating system is asked to back by large pages: the rows of a matrix are pages apart, and with pages of 4 kB their addresses do not fit into the
/// processor's table of translations. It comes from the system and goes back there, since the C library's allocator keeps what lies between blocks of this alignment, up to several times of
/// what is in use; each thread keeps a little for its next matrix, which otherwise pays for new pages. Where the system does not understand the request, memory comes from that allocator.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>The size of a large page, and the least memory that is served.</summary>
    public const nuint Size = 2 << 20;

    // linux/mman.h: read and write; private and anonymous; the advice MADV_HUGEPAGE.
    private const int ReadWrite = 3, PrivateAnonymous = 0x22, Advice = 14;

    private static readonly bool Understood = OperatingSystem.IsLinux() && Try();

    private static readonly ThreadLocal<KeptMappings> Kept = new(() => new KeptMappings());

    /// <summary>Whether memory of this many bytes comes from here.</summary>
    public static bool Serve(nuint bytes) => bytes >= Size && Understood;

    /// <summary>Memory for so many bytes, aligned to <see cref="Size"/>, with anything in it.</summary>
    /// <param name="bytes">A number for which <see cref="Serve"/> holds.</param>
    /// <returns>What <see cref="Unmap"/> takes, and the memory inside of it.</returns>
    /// <exception cref="InsufficientMemoryException">The system has none.</exception>
    public static (nint Mapping, nuint Length, nint Memory) Map(nuint bytes)
    {
        // As much more as the start may have to move. What is not touched takes no memory.
        nuint length = checked(bytes + Size);
        if (Kept.Value!.Take(length) is { } kept)
            return (kept.Mapping, kept.Length, Aligned(kept.Mapping));
        nint mapping = MapMemory(0, length, ReadWrite, PrivateAnonymous, -1, 0);
        if (mapping == -1)
            throw new InsufficientMemoryException($"the system has no {bytes} bytes for a matrix");
        nint memory = Aligned(mapping);

        // Only a hint; an error is no reason to do anything: the kernel may be built without large pages.
        _ = MemoryAdvice(memory, bytes / Size * Size, Advice);
        return (mapping, length, memory);
    }

    /// <summary>Gives memory back.</summary>
    /// <param name="mapping">What <see cref="Map"/> gave.</param>
    /// <param name="length">Its length.</param>
    /// <param name="isWanted">Whether the thread may keep it for what comes next.</param>
    public static void Unmap(nint mapping, nuint length, bool isWanted)
    {
        if (!isWanted || !Kept.Value!.Keep(mapping, length))
            _ = UnmapMemory(mapping, length);
    }

    /// <summary>Gives back what this thread keeps; called by one that has no more matrices to compute.</summary>
    public static void Trim() => Kept.Value!.Release();

    private static nint Aligned(nint mapping) => (nint)(((nuint)mapping + Size - 1) / Size * Size);

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

    /// <summary>The mappings that a thread keeps. What is left of it when the thread has ended goes back by the finalizer.</summary>
    private sealed class KeptMappings
    {
        /// <summary>What is kept at most, in bytes: a layer of two million elements with its Gram matrix and what products need.</summary>
        private const nuint Most = 24 << 20;

        private readonly List<(nint Mapping, nuint Length)> mappings = [];
        private nuint total;

        ~KeptMappings() => Release();

        /// <summary>The shortest that serves and wastes no more than half of itself, or null.</summary>
        public (nint Mapping, nuint Length)? Take(nuint length)
        {
            int best = -1;
            for (int i = 0; i < mappings.Count; i++)
            {
                if (mappings[i].Length >= length && mappings[i].Length <= 2 * length && (best < 0 || mappings[i].Length < mappings[best].Length))
                    best = i;
            }

            if (best < 0)
                return null;
            (nint Mapping, nuint Length) found = mappings[best];
            mappings.RemoveAt(best);
            total -= found.Length;
            return found;
        }

        /// <summary>Keeps a mapping, in the place of older ones where there is no room.</summary>
        /// <returns>False when it is too long to be kept.</returns>
        public bool Keep(nint mapping, nuint length)
        {
            if (length > Most)
                return false;
            while (total + length > Most)
            {
                _ = UnmapMemory(mappings[0].Mapping, mappings[0].Length);
                total -= mappings[0].Length;
                mappings.RemoveAt(0);
            }

            mappings.Add((mapping, length));
            total += length;
            return true;
        }

        public void Release()
        {
            foreach ((nint mapping, nuint length) in mappings)
                _ = UnmapMemory(mapping, length);
            mappings.Clear();
            total = 0;
        }
    }
}
