using WeightWatcher.Caching;
using WeightWatcher.Reports;
using WeightWatcher.Tests.Analysis;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Caching;

public sealed class CachedAnalysisTests : IDisposable
{
    private readonly TestModel _model = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Semantics.Strict, true)]
    [InlineData(Semantics.Strict, false)]
    [InlineData(Semantics.Compatible, true)]
    [InlineData(Semantics.Compatible, false)]
    public void A_report_is_the_same_without_with_and_from_the_cache(Semantics semantics, bool pool)
    {
        AnalysisOptions options = new() { Semantics = semantics, Pool = pool, Randomize = Randomization.Both };
        string path = _model.Write(Tensors());
        ModelReport without = ModelAnalyzer.Analyze(path, options, Token);
        LayerCache cache = new(_folder.Path);
        ModelReport written = ModelAnalyzer.Analyze(path, options, cache, null, Token);
        Assert.Equal((0, without.Layers.Length), (cache.Hits, cache.Stored));
        ModelReport read = ModelAnalyzer.Analyze(path, options, cache, null, Token);
        Assert.Equal((without.Layers.Length, without.Layers.Length), (cache.Hits, cache.Stored));

        Assert.Contains(without.Layers, l => l.Fault == LayerFault.NonFinite);
        Assert.Contains(without.Layers, l => !l.Traps.IsEmpty);
        Assert.Equal(Json(without), Json(written));
        Assert.Equal(Json(without), Json(read));
        foreach ((LayerReport expected, LayerReport actual) in without.Layers.Zip(read.Layers))
            Rows.AssertSame(expected, actual);
    }

    [Fact]
    public void A_changed_layer_is_measured_and_the_frozen_ones_are_found()
    {
        LayerCache cache = new(_folder.Path);
        (string Name, long[] Shape, float[] Values)[] tensors = Tensors();
        ModelReport before = ModelAnalyzer.Analyze(_model.Write(tensors), AnalysisOptions.Default, cache, null, Token);
        tensors[0].Values[5] += 1;
        ModelReport after = ModelAnalyzer.Analyze(_model.Write(tensors), AnalysisOptions.Default, cache, null, Token);
        Assert.Equal(before.Layers.Length - 1, cache.Hits);
        Assert.NotEqual(before.Layers[0]["lambda_max"], after.Layers[0]["lambda_max"]);
    }

    [Fact]
    public void A_changed_option_measures_again()
    {
        LayerCache cache = new(_folder.Path);
        string path = _model.Write(Tensors());
        ModelAnalyzer.Analyze(path, AnalysisOptions.Default, cache, null, Token);
        ModelReport other = ModelAnalyzer.Analyze(path, AnalysisOptions.Default with { Seed = 1 }, cache, null, Token);
        Assert.Equal(0, cache.Hits);
        Assert.Equal(Json(ModelAnalyzer.Analyze(path, other.Options, Token)), Json(other));
    }

    [Fact]
    public void Damage_of_every_entry_changes_nothing_and_heals()
    {
        string path = _model.Write(Tensors());
        string expected = Json(ModelAnalyzer.Analyze(path, AnalysisOptions.Default, new LayerCache(_folder.Path), null, Token));
        foreach (string entry in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories))
            File.WriteAllText(entry, "nonsense");
        LayerCache cache = new(_folder.Path);
        Assert.Equal(expected, Json(ModelAnalyzer.Analyze(path, AnalysisOptions.Default, cache, null, Token)));
        Assert.Equal((0, cache.Damaged), (cache.Hits, cache.Stored));
        Assert.Equal(expected, Json(ModelAnalyzer.Analyze(path, AnalysisOptions.Default, cache, null, Token)));
        Assert.Equal(cache.Stored, cache.Hits);
    }

    [Fact]
    public void A_cancelled_analysis_keeps_no_row_that_it_did_not_finish()
    {
        LayerCache cache = new(_folder.Path);
        using CancellationTokenSource source = new();
        source.Cancel();
        string path = _model.Write(Tensors());
        Assert.ThrowsAny<OperationCanceledException>(() => ModelAnalyzer.Analyze(path, AnalysisOptions.Default, cache, null, source.Token));
        Assert.Equal(0, cache.Stored);
        Assert.Equal(
            Json(ModelAnalyzer.Analyze(path, AnalysisOptions.Default, Token)), Json(ModelAnalyzer.Analyze(path, AnalysisOptions.Default, cache, null, Token)));
    }

    [Fact]
    public void Two_analyses_at_once_share_a_folder()
    {
        string path = _model.Write(Tensors());
        string expected = Json(ModelAnalyzer.Analyze(path, AnalysisOptions.Default, Token));
        string[] reports = new string[6];
        Parallel.For(0, reports.Length, new ParallelOptions { CancellationToken = Token }, i =>
            reports[i] = Json(ModelAnalyzer.Analyze(path, AnalysisOptions.Default, new LayerCache(_folder.Path), null, Token)));
        Assert.All(reports, report => Assert.Equal(expected, report));
    }

    [Fact]
    public void A_gate_uses_the_folder_it_is_given_and_says_when_it_cannot()
    {
        GateRequest request = new() { ArtifactPath = _model.Write(Tensors()), Policy = Policy.WellTrained };
        GateResult plain = ModelGate.Run(request, Token);
        GateResult kept = ModelGate.Run(request with { CacheDirectory = _folder.File("cache") }, Token);
        GateResult refused = ModelGate.Run(request with { CacheDirectory = Path.Combine(request.ArtifactPath, "cache") }, Token);
        Assert.NotEmpty(Directory.GetFiles(_folder.File("cache"), "*", SearchOption.AllDirectories));
        Assert.Null(kept.CacheNote);
        Assert.NotNull(refused.CacheNote);
        Assert.Equal(Json(plain.Report), Json(kept.Report));
        Assert.Equal(Json(plain.Report), Json(refused.Report));
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private static (string Name, long[] Shape, float[] Values)[] Tensors()
    {
        float[] trapped = [.. TestModel.Gaussian(60 * 40, 5).Select(x => x + 1)];
        float[] damaged = TestModel.Gaussian(20 * 20, 6);
        damaged[21] = float.NaN;
        return
        [
            ("trained", [64, 48], TestModel.Trained(64, 48, 1)),
            ("kernel", [16, 12, 3, 3], TestModel.Gaussian(16 * 12 * 9, 2)),
            ("trapped", [60, 40], trapped),
            ("damaged", [20, 20], damaged),
            ("zero", [20, 20], new float[400]),
        ];
    }

    private static string Json(ModelReport report)
    {
        using MemoryStream stream = new();
        JsonReport.Write(stream, report, null);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
