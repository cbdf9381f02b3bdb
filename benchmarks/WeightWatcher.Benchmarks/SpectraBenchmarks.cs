using BenchmarkDotNet.Attributes;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Benchmarks;

/// <summary>Spectra of one matrix on one thread.</summary>
[MemoryDiagnoser]
public class SpectraBenchmarks
{
    private float[] _w = [];
    private double[] _values = [];

    /// <summary>N and M.</summary>
    [Params("64x64", "256x256", "1024x1024", "3072x768")]
    public string Shape { get; set; } = "";

    private int N { get; set; }

    private int M { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        string[] sizes = Shape.Split('x');
        (N, M) = (int.Parse(sizes[0], null), int.Parse(sizes[1], null));
        _w = Matrices.Normal(N, M);
        _values = new double[M];
    }

    [Benchmark(Baseline = true)]
    public double Gram()
    {
        GramEigenvalues.Compute(_w, N, M, _values, CancellationToken.None);
        return _values[^1];
    }

    [Benchmark]
    public double Direct()
    {
        SingularValues.Compute(_w, N, M, _values, SpectrumPath.Direct, CancellationToken.None);
        return _values[^1];
    }

    [Benchmark]
    public double LargestOnly()
    {
        LargestEigenvalue.Compute(_w, N, M, out double largest, CancellationToken.None);
        return largest;
    }

    [Benchmark]
    public double DrawnWithoutMatrix()
    {
        Random random = new(1);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        BetaLaguerre.Draw(N, M, 1, () => 1 - random.NextDouble(), Normal, _values, CancellationToken.None);
        return _values[^1];
    }
}
