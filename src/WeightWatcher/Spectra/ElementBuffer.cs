using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Spectra;

/// <summary>
/// The elements of a tensor or a matrix, or what is to be sorted or hashed, outside of the garbage-collected heap: as many megabytes as a layer has would lie there until a collection of everything, which a build or a test process with
/// much else in its memory pays for, and a layer of half a gigabyte would be moved about.
/// </summary>
/// <typeparam name="T">Mostly float or double.</typeparam>
internal sealed unsafe class ElementBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly AlignedBuffer _memory;

    /// <summary>Memory for so many elements, with anything in it.</summary>
    public ElementBuffer(int length)
    {
        _memory = new AlignedBuffer((((long)length * sizeof(T)) + sizeof(double) - 1) / sizeof(double));
        Length = length;
    }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements. Whoever uses them keeps the buffer from being disposed of or forgotten meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory.Pointer is null, this);
            return new Span<T>(_memory.Pointer, Length);
        }
    }

    /// <summary>An element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none at that index.</exception>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            T* first = (T*)_memory.Pointer;
            ObjectDisposedException.ThrowIf(first is null, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Length, nameof(index));
            return first[index];
        }
    }

    /// <summary>Gives the memory back; nobody may use the elements afterwards.</summary>
    public void Dispose() => _memory.Dispose();
}
