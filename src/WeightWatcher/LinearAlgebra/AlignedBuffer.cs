using System.Runtime.InteropServices;

namespace WeightWatcher.LinearAlgebra;

/// <summary>Scratch memory for doubles outside the garbage-collected heap, aligned to a cache line or a large page, given back when disposed.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    private const nuint CacheLine = 64;
    private readonly nint mapping;
    private readonly nuint mapped;
    private double* pointer;

    /// <summary>Memory for <paramref name="length"/> doubles (0 or more), not cleared.</summary>
    public AlignedBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint bytes = checked((nuint)Math.Max(length, 1) * sizeof(double));
        if (HugePages.Serve(bytes))
        {
            (mapping, mapped, nint memory) = HugePages.Map(bytes);
            pointer = (double*)memory;
            return;
        }

        pointer = (double*)NativeMemory.AlignedAlloc(bytes, CacheLine);
    }

    /// <summary>Gives the memory back when nobody disposed of it.</summary>
    ~AlignedBuffer() => Free(isWanted: false);

    /// <summary>The number of doubles.</summary>
    public long Length { get; }

    /// <summary>The first double.</summary>
    public double* Pointer => pointer;

    /// <summary>Sets every double to zero.</summary>
    public void Clear() => NativeMemory.Clear(pointer, (nuint)Length * sizeof(double));

    /// <inheritdoc/>
    public void Dispose()
    {
        Free(isWanted: true);
        GC.SuppressFinalize(this);
    }

    private void Free(bool isWanted)
    {
        if (mapped == 0)
            NativeMemory.AlignedFree(pointer);
        else if (pointer is not null)
            HugePages.Unmap(mapping, mapped, isWanted);
        pointer = null;
    }
}
