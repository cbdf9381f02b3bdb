using System.Collections.Concurrent;
using WeightWatcher.Reports;
using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Scheduling;

public sealed class AnalysisSchedulerTests
{
    [Theory]
    [InlineData(1, null)]
    [InlineData(3, null)]
    [InlineData(8, 1L)]
    [InlineData(8, 100_000L)]
    public void Threads_and_memory_change_nothing_in_the_report(int threads, long? budget)
    {
        using TestModel model = new();
        string path = model.Write(Tensors());
        string Report(AnalysisOptions options) => Json(ModelAnalyzer.Analyze(path, options, TestContext.Current.CancellationToken));
        Assert.Equal(Report(new() { MaxThreads = 2 }), Report(new() { MaxThreads = threads, MemoryBudget = budget }));
    }

    [Fact]
    public void Options_are_the_same_whatever_the_threads_and_the_memory() =>
        Assert.Equal(AnalysisOptions.Default, AnalysisOptions.Default with { MaxThreads = 3, MemoryBudget = 4 });

    [Fact]
    public void Progress_counts_every_layer_once_and_ends_at_all_of_the_work()
    {
        using TestModel model = new();
        Heard heard = new();
        ModelReport report = ModelAnalyzer.Analyze(model.Write(Tensors()), new() { MaxThreads = 3 }, null, heard, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, report.Layers.Length), heard.Values.Select(p => p.LayersDone));
        Assert.Equal(report.Layers.Select(l => l.Name).Order(), heard.Values.Select(p => p.Layer).Order());
        Assert.All(heard.Values.Zip(heard.Values.Skip(1)), pair => Assert.True(pair.First.WorkDone < pair.Second.WorkDone));
        Assert.Equal(1, heard.Values.Last().WorkDone, 12);
        Assert.All(heard.Values, p => Assert.InRange(p.WorkUnderWay, 0, 1 - p.WorkDone + 1e-12));
        Assert.Equal(0, heard.Values.Last().WorkUnderWay, 12);
    }

    [Fact]
    public void A_failing_listener_ends_the_analysis_with_its_own_exception()
    {
        using TestModel model = new();
        string path = model.Write(Tensors());
        Assert.Throws<DivideByZeroException>(() => ModelAnalyzer.Analyze(
            path, new() { MaxThreads = 3 }, null, new Heard(() => throw new DivideByZeroException()), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Cancelling_from_within_ends_the_analysis(int threads)
    {
        using TestModel model = new();
        string path = model.Write(Tensors());
        using CancellationTokenSource source = new();
        Heard heard = new(source.Cancel);
        Assert.ThrowsAny<OperationCanceledException>(() => ModelAnalyzer.Analyze(path, new() { MaxThreads = threads, MemoryBudget = 1 }, null, heard, source.Token));
        Assert.InRange(heard.Values.Count, 1, threads);
    }

    private static (string Name, long[] Shape, float[] Values)[] Tensors() =>
    [
        ("small", [24, 16], TestModel.Gaussian(24 * 16, 1)),
        ("large", [96, 64], TestModel.Trained(96, 64, 2)),
        ("kernel", [16, 16, 3, 3], TestModel.Gaussian(16 * 16 * 9, 3)),
        ("middle", [32, 48], TestModel.Gaussian(32 * 48, 4)),
        ("zero", [20, 20], new float[400]),
    ];

    private static string Json(ModelReport report)
    {
        using MemoryStream stream = new();
        JsonReport.Write(stream, report, null);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed class Heard(Action? then = null) : IProgress<AnalysisProgress>
    {
        public ConcurrentQueue<AnalysisProgress> Values { get; } = [];

        public void Report(AnalysisProgress value)
        {
            Values.Enqueue(value);
            then?.Invoke();
        }
    }
}
