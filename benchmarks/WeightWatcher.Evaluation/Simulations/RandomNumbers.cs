using WeightWatcher.Spectra;

namespace WeightWatcher.Evaluation.Simulations;

/// <summary>A seeded stream of random numbers, the same on every machine.</summary>
internal sealed class RandomNumbers(ulong seed, int stream = 0)
{
    private RandomSource _source = new(seed, (RandomPurpose)1000, stream, 0, 0, 0);

    /// <summary>A standard normal number.</summary>
    public double Normal() => _source.NextNormal();

    /// <summary>A number of Student's t distribution: a normal one over the root of a chi square over its degrees of freedom.</summary>
    public double Student(int degrees)
    {
        double normal = Normal(), squares = 0;
        for (int i = 0; i < degrees; i++)
        {
            double x = Normal();
            squares += x * x;
        }

        return normal / Math.Sqrt(squares / degrees);
    }

    /// <summary>A uniform number in (0, 1).</summary>
    public double Unit() => _source.NextUnit();

    /// <summary>A uniform integer from 0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)_source.NextBelow((uint)bound);

    /// <summary>Puts elements in random order.</summary>
    public void Shuffle<T>(Span<T> elements)
        where T : unmanaged => Permutation.Shuffle(elements, ref _source, CancellationToken.None);
}
