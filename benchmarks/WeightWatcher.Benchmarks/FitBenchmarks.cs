using BenchmarkDotNet.Attributes;
using WeightWatcher.Fitting;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Benchmarks;

/// <summary>The fits of one spectrum.</summary>
public class FitBenchmarks
{
    private double[] _evals = [];
    private double[] _other = [];

    /// <summary>The number of eigenvalues.</summary>
    [Params(64, 512, 2048)]
    public int M { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _evals = new double[M];
        _other = new double[M];
        float[] w = Matrices.Normal(2 * M, M);
        GramEigenvalues.Compute(w, 2 * M, M, _evals, CancellationToken.None);
        w.AsSpan().Reverse();
        w[0] += 1;
        GramEigenvalues.Compute(w, 2 * M, M, _other, CancellationToken.None);
    }

    [Benchmark]
    public double PowerLaw() => PowerLawFit.Fit(_evals, PowerLawOptions.Compatible).Value.Alpha;

    [Benchmark]
    public double MarchenkoPasturByDensity() => MarchenkoPasturFit.Fit(_evals, 2, M, MarchenkoPasturOptions.Compatible).Value.Sigma;

    [Benchmark]
    public double RobustMarchenkoPastur() => RobustBulk.Fit(_evals, 2 * M, M, RobustBulkOptions.Default).Value.Sigma;

    [Benchmark]
    public int TraceLog() => DetX.Compatible(_evals).Num;

    [Benchmark]
    public double Distance() => JensenShannon.IndexAligned(_evals, _other).Value;
}
