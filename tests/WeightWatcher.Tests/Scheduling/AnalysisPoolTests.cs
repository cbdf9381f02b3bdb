using System.Collections.Concurrent;
using WeightWatcher.Reports;
using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Scheduling;

/// <summary>Several artifacts that share threads and memory.</summary>
public sealed class AnalysisPoolTests : IDisposable
{
    private readonly TestModel _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(1, null)]
    [InlineData(3, null)]
    [InlineData(3, 1L)]
    public void Artifacts_analysed_together_have_the_reports_that_they_have_alone(int threads, long? budget)
    {
        string[] paths = [.. Enumerable.Range(0, 5).Select(Write)];
        string[] alone = [.. paths.Select(p => Json(ModelAnalyzer.Analyze(p, AnalysisOptions.Default, Token)))];
        using AnalysisPool pool = new(threads, budget);
        string[] together = new string[paths.Length];
        Parallel.For(0, paths.Length, new ParallelOptions { CancellationToken = Token }, i =>
            together[i] = Json(ModelAnalyzer.Analyze(paths[i], AnalysisOptions.Default, null, null, Token, pool: pool)));
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Cancelling_one_artifact_leaves_the_others_alone()
    {
        using AnalysisPool pool = new(2);
        using CancellationTokenSource source = new();
        string kept = Write(1), cancelled = Write(2);
        ModelReport? report = null;
        Thread other = new(() => report = ModelAnalyzer.Analyze(kept, AnalysisOptions.Default, null, null, Token, pool: pool));
        other.Start();
        Assert.ThrowsAny<OperationCanceledException>(() => ModelAnalyzer.Analyze(cancelled, AnalysisOptions.Default, null, new Cancelling(source), source.Token, pool: pool));
        other.Join();
        Assert.Equal(Json(ModelAnalyzer.Analyze(kept, AnalysisOptions.Default, Token)), Json(report!));
    }

    [Fact]
    public void Progress_counts_the_layers_of_its_own_artifact()
    {
        using AnalysisPool pool = new(2);
        ConcurrentBag<int> totals = [];
        string[] paths = [Write(1), Write(2)];
        Parallel.ForEach(paths, new ParallelOptions { CancellationToken = Token }, path =>
            ModelAnalyzer.Analyze(path, AnalysisOptions.Default, null, new Totals(totals), Token, pool: pool));
        Assert.All(totals, total => Assert.Equal(3, total));
    }

    [Fact]
    public void A_pool_needs_a_thread() => Assert.Throws<ArgumentOutOfRangeException>(() => new AnalysisPool(0));

    private string Write(int seed) => _model.Write(
        ("large", [96, 64], TestModel.Trained(96, 64, seed)),
        ("small", [24, 16], TestModel.Gaussian(24 * 16, seed)),
        ("kernel", [16, 16, 3, 3], TestModel.Gaussian(16 * 16 * 9, seed)));

    private static string Json(ModelReport report)
    {
        using MemoryStream stream = new();
        JsonReport.Write(stream, report, null);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed class Cancelling(CancellationTokenSource source) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => source.Cancel();
    }

    private sealed class Totals(ConcurrentBag<int> totals) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => totals.Add(value.LayersTotal);
    }
}
