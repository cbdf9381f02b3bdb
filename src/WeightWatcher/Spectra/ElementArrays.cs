using System.Runtime.CompilerServices;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Spectra;

/// <summary>
/// Arrays of elements between one layer and the next of the same size, as in a transformer nearly all have: large arrays come from memory that the collector looks at rarely, so
/// that without this several layers' worth would lie there. Safe for concurrent use.
/// </summary>
internal sealed class ElementArrays
{
    /// <summary>What lies here at most, in bytes.</summary>
    private const long MostBytes = 24L << 20;

    /// <summary>Garbage of this size is given back to the system at once, lest the next large layer find it there.</summary>
    private const long MostGarbage = 48L << 20;

    /// <summary>From this size, in bytes, an array stays where it is.</summary>
    private const long SmallestPinned = 1 << 20;

    private readonly Lock _gate = new();
    private readonly List<(Array Elements, long Bytes)> _kept = [];
    private long _keptBytes;
    private long _garbage;

    /// <summary>An array of a length, with anything in it.</summary>
    public T[] Take<T>(int length)
        where T : unmanaged
    {
        lock (_gate)
        {
            int at = _kept.FindIndex(k => k.Elements.Length == length && k.Elements is T[]);
            if (at >= 0)
            {
                (Array elements, long bytes) = _kept[at];
                _kept.RemoveAt(at);
                _keptBytes -= bytes;
                return (T[])elements;
            }

            // Layers come the largest first: longer arrays will hardly be asked for again.
            for (int i = _kept.Count - 1; i >= 0; i--)
            {
                if (_kept[i].Elements.Length > length)
                    Drop(i);
            }
        }

        // Pinned, so that a collection never moves it: moving half a gigabyte stops every thread, and with them a cancellation, for a second.
        T[] array = GC.AllocateUninitializedArray<T>(length, pinned: (long)length * Unsafe.SizeOf<T>() >= SmallestPinned);
        HugePages.Advise(array);
        return array;
    }

    /// <summary>Takes an array back that nobody uses any more.</summary>
    /// <param name="elements">The array.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="isHurried">Whether nobody takes another array and somebody waits for the end, so that garbage is left to the collector.</param>
    public void Return(Array elements, long bytes, bool isHurried = false)
    {
        lock (_gate)
        {
            if (bytes <= MostBytes)
            {
                _kept.Add((elements, bytes));
                _keptBytes += bytes;
                while (_keptBytes > MostBytes)
                    Drop(0);
            }
            else
            {
                _garbage += bytes;
            }

            if (isHurried || _garbage < MostGarbage)
                return;
            _garbage = 0;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private void Drop(int at)
    {
        _keptBytes -= _kept[at].Bytes;
        _garbage += _kept[at].Bytes;
        _kept.RemoveAt(at);
    }
}
