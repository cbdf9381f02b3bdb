using System.Collections.Immutable;
using WeightWatcher.Diagnosis;
using WeightWatcher.Evaluation.Simulations;
using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Diagnosis;

/// <summary>The rates of docs/traps.md in small: seeds are fixed, so that a change of the code alone can change the outcome.</summary>
public sealed class CorrelationTrapTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Random_layers_raise_none(bool uniform)
    {
        // Small matrices are where chance brings large entries. Of 4,000 layers at one in 50,000 more than one has a probability of 0.3 %.
        RandomNumbers random = new(1, uniform ? 2 : 1);
        int raised = 0;
        for (int i = 0; i < 1000; i++)
        {
            foreach ((int n, int m, int kernel) in (ReadOnlySpan<(int, int, int)>)[(16, 16, 1), (40, 12, 1), (8, 8, 3), (12, 6, 3)])
                raised += Traps(n, m, kernel, RandomLayers.Entries(n * m * kernel * kernel, uniform, random), (ulong)i).IsEmpty ? 0 : 1;
        }

        Assert.InRange(raised, 0, 1);
    }

    [Theory]
    [InlineData(64, 64, 1)]
    [InlineData(200, 150, 1)]
    [InlineData(32, 32, 3)]
    public void One_entry_of_1_6_BBP_sizes_is_found_and_named(int n, int m, int kernel)
    {
        RandomNumbers random = new(1, n + m);
        int slices = kernel * kernel, found = 0;
        const int Draws = 60;
        for (int draw = 0; draw < Draws; draw++)
        {
            float[] values = RandomLayers.Entries(n * m * slices, uniform: false, random);
            int at = random.Below(values.Length);
            double size = 1.6 * Math.Pow((double)n * m, 0.25);
            values[at] = (float)size;
            ImmutableArray<TrapReport> traps = Traps(n, m, kernel, values, 42);
            (int row, int column) = Math.DivRem(at / slices, m);
            found += traps.Any(t => t.Cause == "element" && t.Row == row && t.Column == column && t.Slice == at % slices && Math.Abs(t.Size - size) < 0.1 * size) ? 1 : 0;
        }

        Assert.InRange(found, Draws - 1, Draws);
    }

    [Fact]
    public void A_mean_shift_of_1_6_BBP_sizes_is_found()
    {
        RandomNumbers random = new(5);
        int found = 0;
        for (int draw = 0; draw < 60; draw++)
        {
            float shift = (float)(1.6 / Math.Pow(200.0 * 150, 0.25));
            float[] values = [.. RandomLayers.Entries(200 * 150, uniform: true, random).Select(x => x + shift)];
            found += Traps(200, 150, 1, values, 42).Any(t => t.Cause == "mean-shift") ? 1 : 0;
        }

        Assert.InRange(found, 59, 60);
    }

    private static ImmutableArray<TrapReport> Traps(int n, int m, int kernel, float[] values, ulong seed)
    {
        Layer layer = RandomLayers.Of(n, m, kernel, values);
        using WeightMatrix weights = WeightMatrix.Read(layer.Tensor, alwaysSingle: false, CancellationToken.None);
        LayerSpectra spectra = SpectrumBuilder.Build(layer, weights, AnalysisOptions.Default with { Seed = seed }, CancellationToken.None);
        Outcome<CorrelationTraps> found = CorrelationTraps.Find(spectra.Slices, [.. layer.Slices.Select(s => (s.Rows, s.Columns))]);
        return found.IsSuccess ? found.Value.Traps : [];
    }
}
