using BenchmarkDotNet.Attributes;
using WeightWatcher.Spectra;

namespace WeightWatcher.Benchmarks;

/// <summary>What is done to the elements of a matrix besides its spectrum.</summary>
public class EntryBenchmarks
{
    private float[] _stored = [];
    private float[] _work = [];

    /// <summary>The number of elements.</summary>
    [Params(64 * 64, 768 * 768, 3072 * 768, 4096 * 4096)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _stored = Matrices.Normal(Count, 1);
        _work = new float[Count];
    }

    [Benchmark(Baseline = true)]
    public void Copy() => _stored.CopyTo(_work, 0);

    [Benchmark]
    public void Sort()
    {
        _stored.CopyTo(_work, 0);
        Permutation.Sort<float>(_work, CancellationToken.None);
    }

    [Benchmark]
    public void Shuffle()
    {
        RandomSource random = new(1, RandomPurpose.Permutation, Count, 1, 0, 0);
        Permutation.Shuffle<float>(_work, ref random, CancellationToken.None);
    }

    [Benchmark]
    public int? FindNonFinite() => NonFiniteEntries.First<float, uint>(_stored, CancellationToken.None);
}
