using System.Runtime.InteropServices;

namespace WeightWatcher.Spectra;

/// <summary>
/// Memory for matrix elements outside the garbage collector's heap, uninitialised: given back when it is disposed of, not some time later, so that a large layer's memory is
/// there for the next one.
/// </summary>
internal sealed unsafe class ElementBuffer<T> : IDisposable
    where T : unmanaged
{
    private T* _pointer;

    /// <summary>Takes memory.</summary>
    /// <param name="length">The number of elements, 0 or more.</param>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    public ElementBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _pointer = (T*)NativeMemory.Alloc((nuint)Math.Max(1, length), (nuint)sizeof(T));
    }

    /// <summary>Gives back what nobody disposed of.</summary>
    ~ElementBuffer() => Free();

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements.</summary>
    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return new Span<T>(_pointer, Length);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_pointer);
        _pointer = null;
    }
}
