using System.Buffers;
using System.Runtime.InteropServices;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Checkpoints;

/// <summary>One axis of a box of elements.</summary>
/// <param name="Length">How many elements, 2 or more.</param>
/// <param name="Step">The distance between neighbours in the storage, in bytes, 0 or more.</param>
/// <param name="TargetStep">Their distance in the destination, in elements.</param>
internal readonly record struct StridedAxis(int Length, long Step, int TargetStep);

/// <summary>Reads a box of strided elements in the order of the storage, through one window that moves over it, and scatters them.</summary>
internal sealed class StridedBoxReader(ByteSource bytes, ElementEncoding encoding, bool isBigEndian)
{
    private const int WindowBytes = 1 << 20;
    private const int RunElements = 512;

    /// <summary>How many neighbouring runs are scattered together when that makes the writes contiguous: one cache line of doubles.</summary>
    private const int RunsTogether = 8;

    /// <summary>A box that covers less than one part in this many of its extent is read run by run instead of through a window.</summary>
    private const int SparseFactor = 16;

    private readonly int _size = encoding.Bits / 8;
    private readonly byte[] _raw = new byte[RunElements * encoding.Bits / 8];
    private byte[] _window = [];
    private long _windowStart;
    private int _windowLength;
    private long _extentEnd;
    private bool _isSparse;

    /// <summary>Reads a box.</summary>
    /// <param name="at">The byte at which the first element starts.</param>
    /// <param name="axes">The axes, in any order.</param>
    /// <param name="destination">Receives the elements at the sums of their target steps.</param>
    public void Read(long at, List<StridedAxis> axes, Span<double> destination)
    {
        StridedAxis[] sorted = [.. axes.OrderByDescending(a => a.Step).ThenByDescending(a => a.TargetStep)];
        _extentEnd = at + _size + sorted.Sum(a => (a.Length - 1) * a.Step);
        _isSparse = (_extentEnd - at) / SparseFactor > (long)destination.Length * _size;
        _window = ArrayPool<byte>.Shared.Rent((int)Math.Min(WindowBytes, _extentEnd - at));
        double[] runs = ArrayPool<double>.Shared.Rent(RunsTogether * RunElements);
        try
        {
            StridedAxis inner = sorted.Length > 0 ? sorted[^1] : new StridedAxis(1, 0, 0);
            StridedAxis middle = sorted.Length > 1 ? sorted[^2] : new StridedAxis(1, 0, 0);
            Outer(at, sorted.AsSpan(0, Math.Max(0, sorted.Length - 2)), middle, inner, 0, destination, runs);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(runs);
            ArrayPool<byte>.Shared.Return(_window);
        }
    }

    private void Outer(long at, ReadOnlySpan<StridedAxis> outer, StridedAxis middle, StridedAxis inner, int target, Span<double> destination, double[] runs)
    {
        if (outer.IsEmpty)
        {
            Plane(at, middle, inner, target, destination, runs);
            return;
        }

        for (int i = 0; i < outer[0].Length; i++)
            Outer(at + (i * outer[0].Step), outer[1..], middle, inner, target + (i * outer[0].TargetStep), destination, runs);
    }

    private void Plane(long at, StridedAxis middle, StridedAxis inner, int target, Span<double> destination, double[] runs)
    {
        int most = (int)Math.Clamp(inner.Step == 0 ? RunElements : ((_window.Length - _size) / inner.Step) + 1, 1, RunElements);
        bool together = middle.TargetStep == 1 && inner.TargetStep > 1 && !_isSparse && RunsTogether * middle.Step <= WindowBytes / 4;
        int group = together ? RunsTogether : 1;
        for (int m = 0; m < middle.Length; m += group)
        {
            int rows = Math.Min(group, middle.Length - m);
            for (int i = 0; i < inner.Length; i += most)
            {
                int count = Math.Min(most, inner.Length - i);
                for (int row = 0; row < rows; row++)
                    Run(at + ((m + row) * middle.Step) + (i * inner.Step), inner.Step, runs.AsSpan(row * RunElements, count));
                int first = target + (m * middle.TargetStep) + (i * inner.TargetStep);
                Scatter(runs, rows, count, destination[first..], middle.TargetStep, inner.TargetStep);
            }
        }
    }

    private static void Scatter(double[] runs, int rows, int count, Span<double> destination, int rowStep, int step)
    {
        if (rows == 1 && step == 1)
        {
            runs.AsSpan(0, count).CopyTo(destination);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            for (int row = 0; row < rows; row++)
                destination[(i * step) + (row * rowStep)] = runs[(row * RunElements) + i];
        }
    }

    private void Run(long at, long step, Span<double> run)
    {
        int span = (int)(((run.Length - 1) * step) + _size);
        Span<byte> source = Window(at, span);
        Span<byte> raw = _raw.AsSpan(0, run.Length * _size);
        if (step == _size && !isBigEndian)
        {
            encoding.Decode(source, 0, run);
            return;
        }

        switch (_size)
        {
            case 2:
                Gather<ushort>(source, (int)step, raw);
                break;
            case 4:
                Gather<uint>(source, (int)step, raw);
                break;
            case 8:
                Gather<ulong>(source, (int)step, raw);
                break;
            default:
                Gather<byte>(source, (int)step, raw);
                break;
        }

        encoding.Decode(raw, 0, run, isBigEndian);
    }

    private static void Gather<T>(ReadOnlySpan<byte> source, int step, Span<byte> raw)
        where T : unmanaged
    {
        Span<T> elements = MemoryMarshal.Cast<byte, T>(raw);
        for (int i = 0; i < elements.Length; i++)
            elements[i] = MemoryMarshal.Read<T>(source[(i * step)..]);
    }

    private Span<byte> Window(long at, int length)
    {
        if (at < _windowStart || at + length > _windowStart + _windowLength)
        {
            _windowStart = at;
            _windowLength = _isSparse ? length : (int)Math.Min(_window.Length, _extentEnd - at);
            bytes.Read(at, _window.AsSpan(0, _windowLength));
        }

        return _window.AsSpan((int)(at - _windowStart), length);
    }
}
