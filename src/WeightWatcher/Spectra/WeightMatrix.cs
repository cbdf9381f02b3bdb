using System.Numerics;
using WeightWatcher.Checkpoints;
using WeightWatcher.Layers;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Spectra;

/// <summary>The weights of a tensor in memory: single precision where that holds every stored value exactly, else double.</summary>
internal sealed class WeightMatrix : IDisposable
{
    private const int BlockLength = 1 << 17;

    private readonly Tensor _tensor;
    private readonly CancellationToken _cancellationToken;
    private readonly ElementBuffer<float>? _singles;
    private readonly ElementBuffer<double>? _doubles;
    private float _factor = 1;
    private double[] _axisFactors = [];
    private long _inner = 1;
    private bool _isDisordered;

    private WeightMatrix(Tensor tensor, bool isSingle, CancellationToken cancellationToken)
    {
        _tensor = tensor;
        _singles = isSingle ? new ElementBuffer<float>((int)tensor.Count) : null;
        _doubles = isSingle ? null : new ElementBuffer<double>((int)tensor.Count);
        _cancellationToken = cancellationToken;
    }

    /// <summary>Whether single precision holds every stored value.</summary>
    public bool IsSingle => _singles is not null;

    /// <summary>The number of elements.</summary>
    public int Count => _singles?.Length ?? _doubles!.Length;

    /// <summary>All elements in logical row-major order, or null when they need double precision.</summary>
    public ElementBuffer<float>? Singles
    {
        get
        {
            Restore();
            return _singles;
        }
    }

    /// <summary>All elements in logical row-major order, or null when single precision holds them.</summary>
    public ElementBuffer<double>? Doubles
    {
        get
        {
            Restore();
            return _doubles;
        }
    }

    /// <summary><see cref="Singles"/> or <see cref="Doubles"/>, whichever has this type.</summary>
    public ElementBuffer<T> Elements<T>()
        where T : unmanaged
    {
        Restore();
        return (ElementBuffer<T>)((object?)_singles ?? _doubles!);
    }

    /// <summary>Reads a whole tensor.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="alwaysSingle">Whether double precision is rounded to single, as the Python tool does when it loads a model.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static WeightMatrix Read(Tensor tensor, bool alwaysSingle, CancellationToken cancellationToken)
    {
        WeightMatrix weights = new(tensor, isSingle: alwaysSingle || tensor.ElementType != ElementType.F64, cancellationToken);
        try
        {
            weights.Fill();
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Gives the memory of the elements back; nobody may use them afterwards.</summary>
    public void Dispose()
    {
        _singles?.Dispose();
        _doubles?.Dispose();
    }

    /// <summary>Multiplies every element, in single precision where the elements are single.</summary>
    public void Multiply(float factor)
    {
        if (factor == 1)
            return;
        Restore();
        foreach (ref float element in Of(_singles))
            element *= factor;
        foreach (ref double element in Of(_doubles))
            element *= factor;
        _factor *= factor;
    }

    /// <summary>
    /// All elements in any order, to be put in another one in place, which saves a copy of them. Whoever asks for <see cref="Singles"/>, <see cref="Doubles"/> or
    /// an element afterwards has them read anew.
    /// </summary>
    public ElementBuffer<T> Disorder<T>()
        where T : unmanaged
    {
        _isDisordered = true;
        return (ElementBuffer<T>)((object?)_singles ?? _doubles!);
    }

    /// <summary>Multiplies the elements of each index of an axis by a factor of its own, in single precision where the elements are single.</summary>
    /// <param name="factors">One factor for each index of the axis.</param>
    /// <param name="inner">The product of the lengths of the axes after it.</param>
    public void Multiply(double[] factors, long inner)
    {
        (_axisFactors, _inner) = (factors, inner);
        Restore();
        MultiplyAxis();
    }

    /// <summary>The index of the first element, in logical order, that is NaN or infinite, or null.</summary>
    public int? FirstNonFinite() =>
        Singles is { } singles ? NonFiniteEntries.First<float, uint>(singles.Span, _cancellationToken) : NonFiniteEntries.First<double, ulong>(Doubles!.Span, _cancellationToken);

    /// <summary>The largest magnitude of an element; the elements are finite.</summary>
    public double LargestMagnitude() => Singles is { } singles ? ScaledCopy.LargestMagnitude<float>(singles.Span) : ScaledCopy.LargestMagnitude<double>(Doubles!.Span);

    /// <summary>The number of elements that are NaN or infinite.</summary>
    public int CountNonFinite() => Singles is { } singles ? CountNonFinite<float>(singles.Span) : CountNonFinite<double>(Doubles!.Span);

    /// <summary>True when every element of a slice is zero.</summary>
    public bool IsZero(MatrixSlice slice)
    {
        for (int i = 0; i < slice.Rows; i++)
        {
            for (int j = 0; j < slice.Columns; j++)
            {
                if (this[slice.Offset + (i * slice.RowStride) + (j * slice.ColumnStride)] != 0)
                    return false;
            }
        }

        return true;
    }

    /// <summary>The element at a position in logical order.</summary>
    public double this[long index] => Singles is { } singles ? singles[index] : Doubles![index];

    /// <summary>
    /// The elements of a slice as a row-major matrix: N x M, or M x N where the tensor is stored so, which has the same spectrum. Of a square matrix and its
    /// transpose always the same one, so that a format that stores the other gives the same bits. The buffer itself when the slice is all of it.
    /// </summary>
    /// <param name="elements">All elements of the tensor.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="copy">Receives the elements when they are not the buffer itself: what it had before, if it has another length, is disposed of.</param>
    public static SliceMatrix<T> Slice<T>(ElementBuffer<T> elements, MatrixSlice slice, ref ElementBuffer<T>? copy)
        where T : unmanaged, IComparable<T>
    {
        bool square = slice.Rows == slice.Columns;
        ReadOnlySpan<T> all = elements.Span;
        bool turn = square && TransposeComesFirst(all, slice);
        if (slice.IsWhole(elements.Length) && (!square || turn == (slice.ColumnStride != 1)))
        {
            return slice.ColumnStride == 1
                ? new SliceMatrix<T>(elements, slice.Rows, slice.Columns, IsTransposed: false)
                : new SliceMatrix<T>(elements, slice.Columns, slice.Rows, IsTransposed: true);
        }

        int count = slice.Rows * slice.Columns;
        if (copy?.Length != count)
        {
            copy?.Dispose();
            copy = null;
            copy = new ElementBuffer<T>(count);
        }

        Span<T> matrix = copy.Span;
        (long rowStride, long columnStride) = turn ? (slice.ColumnStride, slice.RowStride) : (slice.RowStride, slice.ColumnStride);
        int at = 0;
        for (int i = 0; i < slice.Rows; i++)
        {
            long index = slice.Offset + (i * rowStride);
            for (int j = 0; j < slice.Columns; j++, index += columnStride)
                matrix[at++] = all[(int)index];
        }

        return new SliceMatrix<T>(copy, slice.Rows, slice.Columns, turn);
    }

    private void Restore()
    {
        if (!_isDisordered)
            return;
        Fill();
        MultiplyAxis();
        float factor = _factor;
        (_isDisordered, _factor) = (false, 1);
        Multiply(factor);
    }

    private void MultiplyAxis()
    {
        if (_axisFactors.Length == 0)
            return;
        Span<float> singles = Of(_singles);
        for (int i = 0; i < singles.Length; i++)
            singles[i] *= (float)_axisFactors[i / _inner % _axisFactors.Length];
        Span<double> doubles = Of(_doubles);
        for (int i = 0; i < doubles.Length; i++)
            doubles[i] *= _axisFactors[i / _inner % _axisFactors.Length];
    }

    private static Span<T> Of<T>(ElementBuffer<T>? elements)
        where T : unmanaged => elements is null ? default : elements.Span;

    private static int CountNonFinite<T>(ReadOnlySpan<T> elements)
        where T : unmanaged, INumberBase<T>
    {
        int count = 0;
        foreach (T element in elements)
            count += T.IsFinite(element) ? 0 : 1;
        return count;
    }

    private void Fill()
    {
        for (int start = 0; start < _singles?.Length; start += BlockLength)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _tensor.ReadSingles(start, _singles.Span.Slice(start, Math.Min(BlockLength, _singles.Length - start)));
        }

        for (int start = 0; start < _doubles?.Length; start += BlockLength)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _tensor.Read(start, _doubles.Span.Slice(start, Math.Min(BlockLength, _doubles.Length - start)));
        }
    }

    /// <summary>Whether the first element that differs from its mirror image is the larger of the two.</summary>
    private static bool TransposeComesFirst<T>(ReadOnlySpan<T> elements, MatrixSlice slice)
        where T : unmanaged, IComparable<T>
    {
        for (int i = 0; i < slice.Rows; i++)
        {
            for (int j = i + 1; j < slice.Columns; j++)
            {
                T upper = elements[(int)(slice.Offset + (i * slice.RowStride) + (j * slice.ColumnStride))];
                T lower = elements[(int)(slice.Offset + (j * slice.RowStride) + (i * slice.ColumnStride))];
                int order = upper.CompareTo(lower);
                if (order != 0)
                    return order > 0;
            }
        }

        return false;
    }
}

/// <summary>A slice in memory.</summary>
/// <param name="Elements">The elements, row-major.</param>
/// <param name="Rows">The number of rows in memory.</param>
/// <param name="Columns">The number of columns in memory.</param>
/// <param name="IsTransposed">True when rows and columns in memory are those of the transposed N x M matrix.</param>
internal readonly record struct SliceMatrix<T>(ElementBuffer<T> Elements, int Rows, int Columns, bool IsTransposed)
    where T : unmanaged;
