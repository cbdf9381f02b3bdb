using CsCheck;
using WeightWatcher.Spectra;

namespace WeightWatcher.Tests.Analysis;

public sealed class SortedRunsTests
{
    [Fact]
    public void Merged_runs_are_what_sorting_gives() =>
        Gen.Select(Gen.Double[-1e3, 1e3].Array[0, 200], Gen.Int[1, 40], Gen.Bool).Sample(
            (values, run, coarse) =>
            {
                double[] pieces = [.. values.Select(v => coarse ? Math.Round(v / 100) : v)];
                for (int start = 0; start < pieces.Length; start += run)
                    Array.Sort(pieces, start, Math.Min(run, pieces.Length - start));
                double[] sorted = [.. pieces.Order()];
                SortedRuns.Merge(pieces, run);
                Assert.Equal(sorted, pieces);
            },
            iter: 2000);
}
