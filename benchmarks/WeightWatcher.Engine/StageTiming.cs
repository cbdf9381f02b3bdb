using System.Diagnostics;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.LinearAlgebra.Kernels;

namespace WeightWatcher.Engine;

/// <summary>The time of each stage of the Gram path on one thread, and the share of the measured peak where a stage is made of products.</summary>
internal static unsafe class StageTiming
{
    /// <summary>Runs the command.</summary>
    public static string Run(Arguments arguments)
    {
        int n = arguments.Size(0), m = arguments.Size(1);
        InstructionPath path = InstructionPaths.Resolve(Measured.Instructions(arguments));
        return path switch
        {
            InstructionPath.Vector512 => Run<MicroKernel512<double>, MicroKernel512<float>, PanelKernel512, ChaseKernel512>(arguments, n, m, path),
            InstructionPath.Vector256 => Run<MicroKernel256<double>, MicroKernel256<float>, PanelKernel256, ChaseKernel256>(arguments, n, m, path),
            InstructionPath.Vector128Wide => Run<MicroKernel128Wide<double>, MicroKernel128Wide<float>, PanelKernel128, ChaseKernel128>(arguments, n, m, path),
            _ => Run<MicroKernel128<double>, MicroKernel128<float>, PanelKernel128, ChaseKernel128>(arguments, n, m, path),
        };
    }

    private static string Run<TMicro, TSingle, TPanel, TChase>(Arguments arguments, int n, int m, InstructionPath path)
        where TMicro : struct, IMicroKernel<double>
        where TSingle : struct, IMicroKernel<float>
        where TPanel : struct, IPanelKernel
        where TChase : struct, IChaseKernel
    {
        EngineTuning standard = EngineTuning.Default;
        EngineTuning tuning = standard with { Depth = arguments.Option("--depth", standard.Depth), TileRows = arguments.Option("--tile-rows", standard.TileRows) };
        float[] w = EigenvalueTiming.Normal(n, m);
        int order = Math.Min(n, m), padded = Band.Padded(order), stride = MatrixStride.For(padded);
        double[] values = new double[order];
        double[] best = [double.MaxValue, double.MaxValue, double.MaxValue, double.MaxValue];
        using AlignedBuffer gram = new((long)padded * stride), tridiagonal = new(3L * order), band = new((padded + (3L * Band.Width)) * Band.RowLength);
        using AlignedBuffer panels = new(GramMatrix.ScratchFor(n, m, tuning)), scratch = new(SymmetricBandReduction<TPanel>.ScratchFor(padded, tuning));
        double* origin = band.Pointer + (2 * Band.Width), diagonal = tridiagonal.Pointer, offDiagonal = diagonal + order, rest = offDiagonal + order;
        double[] times = Measured.Times(arguments.Option("--seconds", 3), () =>
        {
            gram.Clear();
            band.Clear();
            long t0 = Stopwatch.GetTimestamp();
            GramMatrix.Compute<float>(w, n, m, 3, gram.Pointer, stride, panels.Pointer, path, tuning, null, CancellationToken.None);
            long t1 = Stopwatch.GetTimestamp();
            SymmetricBandReduction<TPanel>.Reduce(gram.Pointer, padded, stride, origin, scratch.Pointer, path, tuning, null, CancellationToken.None);
            long t2 = Stopwatch.GetTimestamp();
            SymmetricBandChase<TChase>.Reduce(origin, order, diagonal, offDiagonal, CancellationToken.None);
            long t3 = Stopwatch.GetTimestamp();
            SturmBisection.Eigenvalues(diagonal, offDiagonal, values, rest, path, CancellationToken.None);
            long t4 = Stopwatch.GetTimestamp();
            long[] ticks = [t1 - t0, t2 - t1, t3 - t2, t4 - t3];
            for (int i = 0; i < best.Length; i++)
                best[i] = Math.Min(best[i], ticks[i] * 1000.0 / Stopwatch.Frequency);
        });
        double peak = Peak<double, TMicro>(), cube = (double)order * order * order;
        (string, object)[] singles = n < m ? [] : Singles<TSingle>(
            () => GramMatrix.Compute<float>(w, n, m, 3, gram.Pointer, stride, panels.Pointer, path, tuning, null, CancellationToken.None, ProductPrecision.Single),
            () => SymmetricBandReduction<TPanel>.Reduce(gram.Pointer, padded, stride, origin, scratch.Pointer, path, tuning, null, CancellationToken.None, ProductPrecision.Single),
            (double)n * m * order,
            4 * cube / 3);
        return Measured.Line(
            n, m, times, 1, 1, path,
            [("peak_gflops", Round(peak)),
            ("gram_ms", Round(best[0])), ("gram_share", Round((double)n * m * order / best[0] / 1e6 / peak)),
            ("band_ms", Round(best[1])), ("band_share", Round(4 * cube / 3 / best[1] / 1e6 / peak)),
            ("chase_ms", Round(best[2])), ("sturm_ms", Round(best[3])), .. singles]);
    }

    /// <summary>The stages that have products in single precision for a permutation.</summary>
    private static (string, object)[] Singles<TSingle>(Action gram, Action band, double ofGram, double ofBand)
        where TSingle : struct, IMicroKernel<float>
    {
        double bestGram = double.MaxValue, bestBand = double.MaxValue, peak = Peak<float, TSingle>();
        _ = Measured.Times(1, () =>
        {
            long t0 = Stopwatch.GetTimestamp();
            gram();
            long t1 = Stopwatch.GetTimestamp();
            band();
            bestGram = Math.Min(bestGram, Stopwatch.GetElapsedTime(t0, t1).TotalMilliseconds);
            bestBand = Math.Min(bestBand, Stopwatch.GetElapsedTime(t1).TotalMilliseconds);
        });
        return
        [
            ("single_peak_gflops", Round(peak)),
            ("gram_single_ms", Round(bestGram)), ("gram_single_share", Round(ofGram / bestGram / 1e6 / peak)),
            ("band_single_ms", Round(bestBand)), ("band_single_share", Round(ofBand / bestBand / 1e6 / peak)),
        ];
    }

    /// <summary>What the inner kernel reaches on panels in the first-level cache, in 10^9 operations a second.</summary>
    private static double Peak<T, TMicro>()
        where T : unmanaged
        where TMicro : struct, IMicroKernel<T>
    {
        const int Depth = 48, Calls = 20000;
        using AlignedBuffer panels = new((Depth + 8) * 64);
        panels.Clear();
        double[] times = Measured.Times(1, () =>
        {
            T* a = (T*)panels.Pointer, b = a + (Depth * TMicro.Rows);
            double* c = (double*)(b + (Depth * TMicro.Columns));
            for (int i = 0; i < Calls; i++)
                TMicro.Accumulate(Depth, a, b, c, TMicro.Columns);
        });
        return 2.0 * Calls * Depth * TMicro.Rows * TMicro.Columns / times[0] / 1e6;
    }

    private static double Round(double x) => Math.Round(x, 3);
}
