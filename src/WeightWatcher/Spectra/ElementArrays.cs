using System.Diagnostics;
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

    /// <summary>Garbage of this size is given back to the system, lest the next large layer find it there: as soon as that takes a small share of the time, at four times the size at once.</summary>
    private const long MostGarbage = 12L << 20;

    /// <summary>In a process with much else in its memory a collection takes long: the next one waits for so many times as long.</summary>
    private const int PauseFactor = 30;

    /// <summary>From this size of an array on, in bytes, the system's allocator is asked for what it keeps when the array is given back.</summary>
    private const long SmallestTrimmed = 2L << 20;

    /// <summary>How long it is not asked again.</summary>
    private static readonly TimeSpan BetweenTrims = TimeSpan.FromMilliseconds(500);

    /// <summary>From this size, in bytes, an array stays where it is.</summary>
    private const long SmallestPinned = 1 << 20;

    private readonly Lock _gate = new();
    private readonly List<(Array Elements, long Bytes)> _kept = [];
    private long _keptBytes;
    private long _garbage;
    private long _collected, _pause, _trimmed;

    /// <summary>An array of a length, with anything in it.</summary>
    public T[] Take<T>(int length)
        where T : unmanaged
    {
        bool collects;
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

            collects = TryBeginCollection();
        }

        // Before the new array is made, which may then lie where the old ones were.
        if (collects)
            Collect();

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
        if (!isHurried && bytes >= SmallestTrimmed && TryBeginTrim())
            SystemAllocator.Trim();
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

            if (isHurried || !TryBeginCollection())
                return;
        }

        Collect();
    }

    private void Collect()
    {
        long start = Stopwatch.GetTimestamp();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        lock (_gate)
        {
            _collected = Stopwatch.GetTimestamp();
            _pause = (_collected - start) * PauseFactor;
        }
    }

    /// <summary>Whether there is so much garbage that it is to be collected, from when on it counts as collected.</summary>
    private bool TryBeginCollection()
    {
        if (_garbage < MostGarbage || (_garbage < 4 * MostGarbage && Stopwatch.GetTimestamp() - _collected < _pause))
            return false;
        _garbage = 0;
        return true;
    }

    // What the allocator of the system keeps, for the most part from compiling code, is as much as a layer.
    private bool TryBeginTrim()
    {
        lock (_gate)
        {
            if (Stopwatch.GetElapsedTime(_trimmed) < BetweenTrims)
                return false;
            _trimmed = Stopwatch.GetTimestamp();
            return true;
        }
    }

    private void Drop(int at)
    {
        _keptBytes -= _kept[at].Bytes;
        _garbage += _kept[at].Bytes;
        _kept.RemoveAt(at);
    }
}
