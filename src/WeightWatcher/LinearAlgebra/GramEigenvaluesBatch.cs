using System.Numerics;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// All eigenvalues of Gram matrices of one small order, several at a time, a matrix in each lane of a vector: what <see cref="GramEigenvalues"/> gives, with the same bound on the
/// error, three to six times faster where there are many matrices. What a matrix gives depends neither on those beside it nor on its lane.
/// </summary>
internal abstract unsafe class GramEigenvaluesBatch : IDisposable
{
    /// <summary>The largest order: beyond, as many matrices as a vector has lanes do not fit into the second-level cache.</summary>
    public const int LargestOrder = 128;

    private readonly InstructionPath path;
    private readonly int stride;
    private readonly AlignedBuffer gram, scratch;
    private long scratchLength;
    private AlignedBuffer panels;

    private GramEigenvaluesBatch(int order, InstructionPath path)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, LargestOrder);
        this.path = path;
        Order = order;
        stride = MatrixStride.For(order);
        gram = new AlignedBuffer((long)order * stride);
        scratch = new AlignedBuffer(3L * order);
        panels = new AlignedBuffer(0);
    }

    /// <summary>The order of the matrices, 1 to <see cref="LargestOrder"/>.</summary>
    public int Order { get; }

    /// <summary>A batch with the kernels of an instruction set.</summary>
    public static GramEigenvaluesBatch Of(int order, InstructionPath path = InstructionPath.Fastest) => InstructionPaths.Resolve(path) switch
    {
        InstructionPath.Vector512 => new Batch<Lanes512>(order, path),
        InstructionPath.Vector256 => new Batch<Lanes256>(order, path),
        _ => new Batch<Lanes128>(order, path),
    };

    /// <summary>Adds the Gram matrix of W (over its shorter side); the eigenvalues are there after <see cref="Flush"/> at the latest.</summary>
    /// <param name="w">rows x columns, row-major; may be overwritten afterwards.</param>
    /// <param name="rows">The rows; the smaller of both is <see cref="Order"/>.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="eigenvalues">Receives <see cref="Order"/> eigenvalues, ascending, none negative.</param>
    /// <param name="ct">Asked for every block of work.</param>
    public SpectrumOutcome Add<T>(ReadOnlySpan<T> w, int rows, int columns, Memory<double> eigenvalues, CancellationToken ct)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MatrixShape.Check(w.Length, rows, columns, eigenvalues.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(Math.Min(rows, columns), Order);
        if (!ScaledCopy.TryGetExponent(w, out int? exponent))
            return SpectrumOutcome.NonFinite;
        if (exponent is not { } scale)
        {
            eigenvalues.Span.Clear();
            return SpectrumOutcome.Converged;
        }

        EngineTuning tuning = EngineTuning.Default;
        long needed = GramMatrix.ScratchFor(rows, columns, tuning);
        if (needed > scratchLength)
        {
            panels.Dispose();
            panels = new AlignedBuffer(scratchLength = needed);
        }

        GramMatrix.Compute(w, rows, columns, scale, gram.Pointer, stride, panels.Pointer, path, tuning, null, ct);
        return Add(gram.Pointer, stride, 2 * scale, 0, eigenvalues, ct);
    }

    /// <summary>Adds a positive semidefinite matrix; its eigenvalues are there after <see cref="Flush"/> at the latest.</summary>
    /// <param name="lower">The matrix, row-major, of which the lower triangle is read.</param>
    /// <param name="rowStride">The distance of its rows.</param>
    /// <param name="exponent">The eigenvalues are multiplied by 2^exponent.</param>
    /// <param name="zeros">How many eigenvalues are known to be zero, because the last rows and columns are.</param>
    /// <param name="eigenvalues">Receives <see cref="Order"/> eigenvalues, ascending, none negative.</param>
    /// <param name="ct">Asked for every block of work.</param>
    public abstract SpectrumOutcome Add(double* lower, nint rowStride, int exponent, int zeros, Memory<double> eigenvalues, CancellationToken ct);

    /// <summary>Computes what was added and not computed yet.</summary>
    public abstract SpectrumOutcome Flush(CancellationToken ct);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        gram.Dispose();
        scratch.Dispose();
        panels.Dispose();
    }

    private sealed class Batch<TLanes> : GramEigenvaluesBatch
        where TLanes : struct, ILanes<TLanes>
    {
        private readonly int lanes = LanePair<TLanes>.Count;
        private readonly AlignedBuffer triangles, tridiagonals, pairs, vectors;
        private readonly (Memory<double> Eigenvalues, int Exponent, int Zeros)[] added = new (Memory<double>, int, int)[LanePair<TLanes>.Count];
        private int count;

        public Batch(int order, InstructionPath path)
            : base(order, path)
        {
            triangles = new AlignedBuffer(LaneTridiagonalization<TLanes>.Row(order) * lanes);
            tridiagonals = new AlignedBuffer(2L * order * lanes);
            pairs = new AlignedBuffer(2L * order * lanes);
            vectors = new AlignedBuffer(LaneTridiagonalization<TLanes>.ScratchFor(order) * TLanes.Count);
            triangles.Clear();
            tridiagonals.Clear();
        }

        public override SpectrumOutcome Add(double* lower, nint rowStride, int exponent, int zeros, Memory<double> eigenvalues, CancellationToken ct)
        {
            // Each half of the matrices has its triangles beside each other.
            double* to = triangles.Pointer + (count / TLanes.Count * LaneTridiagonalization<TLanes>.Row(Order) * TLanes.Count) + (count % TLanes.Count);
            for (nint i = 0; i < Order; i++)
            {
                double* row = lower + (i * rowStride);
                for (nint j = 0; j <= i; j++, to += TLanes.Count)
                    *to = row[j];
            }

            added[count++] = (eigenvalues, exponent, zeros);
            return count == lanes ? Flush(ct) : SpectrumOutcome.Converged;
        }

        public override SpectrumOutcome Flush(CancellationToken ct)
        {
            if (count == 0)
                return SpectrumOutcome.Converged;

            // Lanes that were not filled hold what is left of former matrices: finite numbers that nobody asks for.
            int half = Order * TLanes.Count;
            for (int first = 0; first < count; first += TLanes.Count)
            {
                double* diagonal = tridiagonals.Pointer + (first / TLanes.Count * 2 * half);
                double* triangle = triangles.Pointer + (first * LaneTridiagonalization<TLanes>.Row(Order));
                LaneTridiagonalization<TLanes>.Reduce(triangle, Order, diagonal, diagonal + half, vectors.Pointer, ct);
            }

            double* diagonals = pairs.Pointer, squares = diagonals + (2 * half);
            for (int i = 0; i < half; i++)
            {
                int at = (i / TLanes.Count * lanes) + (i % TLanes.Count);
                diagonals[at] = tridiagonals.Pointer[i];
                squares[at] = tridiagonals.Pointer[half + i];
                diagonals[at + TLanes.Count] = tridiagonals.Pointer[(2 * half) + i];
                squares[at + TLanes.Count] = tridiagonals.Pointer[(3 * half) + i];
            }

            uint failed = LaneQl<LanePair<TLanes>>.Eigenvalues(diagonals, squares, Order, ct);
            int filled = count;
            count = 0;
            for (int lane = 0; lane < filled; lane++)
            {
                Span<double> values = added[lane].Eigenvalues.Span;
                added[lane].Eigenvalues = default;
                if ((failed & (1u << lane)) == 0)
                {
                    for (int i = 0; i < values.Length; i++)
                        values[i] = Math.Max(0, diagonals[(i * lanes) + lane]);
                    values.Sort();
                }
                else if (BySturm(lane, values, ct) is not SpectrumOutcome.Converged and var outcome)
                {
                    return outcome;
                }

                values[..added[lane].Zeros].Clear();
                ScaledCopy.ScaleBack(values, added[lane].Exponent);
            }

            return SpectrumOutcome.Converged;
        }

        public override void Dispose()
        {
            base.Dispose();
            triangles.Dispose();
            tridiagonals.Dispose();
            pairs.Dispose();
            vectors.Dispose();
        }

        /// <summary>The iteration did not end in this lane: its values are found on their own.</summary>
        private SpectrumOutcome BySturm(int lane, Span<double> values, CancellationToken ct)
        {
            double* diagonal = scratch.Pointer, beside = diagonal + Order, rest = beside + Order;
            double* from = tridiagonals.Pointer + (lane / TLanes.Count * 2 * Order * TLanes.Count) + (lane % TLanes.Count);
            for (nint i = 0; i < Order; i++)
            {
                diagonal[i] = from[i * TLanes.Count];
                beside[i] = i + 1 < Order ? Math.Sqrt(from[(Order + i) * TLanes.Count]) : 0;
            }

            return SturmBisection.Eigenvalues(diagonal, beside, values, rest, path, ct);
        }
    }
}
