using WeightWatcher.Caching;
using WeightWatcher.Checkpoints;
using WeightWatcher.Reports;
using WeightWatcher.Tests.Analysis;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Caching;

/// <summary>Artifacts whose files are as a record says are neither read nor hashed.</summary>
public sealed class ArtifactHashesTests : IDisposable
{
    private static readonly DateTime LongAgo = new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    private readonly TestModel _model = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_with_the_path_length_and_time_of_the_record_is_not_read()
    {
        string path = Write(seed: 1);
        ModelReport first = Analyze(path);

        // Other weights under the same stamp: that the report stays shows that they were not looked at.
        File.WriteAllBytes(path, File.ReadAllBytes(Write(seed: 2)));
        File.SetLastWriteTimeUtc(path, LongAgo);
        Assert.Equal(Json(first), Json(Analyze(path)));
        StageTimes times = new();
        ModelAnalyzer.Analyze(path, AnalysisOptions.Default, new LayerCache(_folder.Path), null, Token, times);
        Assert.All(times.Milliseconds, stage => Assert.Equal(0, stage.Milliseconds));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Another_time_older_or_newer_is_another_file(int seconds)
    {
        string path = Write(seed: 1);
        ModelReport first = Analyze(path);
        File.WriteAllBytes(path, File.ReadAllBytes(Write(seed: 2)));
        File.SetLastWriteTimeUtc(path, LongAgo.AddSeconds(seconds));
        ModelReport second = Analyze(path);
        Assert.NotEqual(first.Artifact.Sha256, second.Artifact.Sha256);
        Assert.NotEqual(first.Layers[0]["norm"], second.Layers[0]["norm"]);
    }

    [Fact]
    public void A_link_is_the_file_to_which_it_leads()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        string[] targets = [Write(seed: 1), Write(seed: 2)];
        string link = Path.Combine(_folder.Path, "link.safetensors");
        File.CreateSymbolicLink(link, targets[0]);
        ModelReport first = Analyze(link);
        StageTimes times = new();
        ModelAnalyzer.Analyze(link, AnalysisOptions.Default, new LayerCache(_folder.Path), null, Token, times);
        Assert.All(times.Milliseconds, stage => Assert.Equal(0, stage.Milliseconds));

        // Of the same length and time, and yet another file.
        File.Delete(link);
        File.CreateSymbolicLink(link, targets[1]);
        ModelReport second = Analyze(link);
        Assert.NotEqual(first.Artifact.Sha256, second.Artifact.Sha256);

        File.Copy(targets[0], targets[1], overwrite: true);
        File.SetLastWriteTimeUtc(targets[1], LongAgo.AddDays(1));
        Assert.Equal(first.Artifact.Sha256, Analyze(link).Artifact.Sha256);
    }

    [Fact]
    public void The_same_bytes_elsewhere_and_of_another_time_are_hashed_and_not_read()
    {
        ModelReport first = Analyze(Write(seed: 1));
        string copy = Path.Combine(_folder.Path, "copy.safetensors");
        File.Copy(Write(seed: 1), copy);
        File.SetLastWriteTimeUtc(copy, LongAgo.AddDays(1));
        StageTimes times = new();
        ModelReport second = ModelAnalyzer.Analyze(copy, new() { MaxThreads = 1 }, new LayerCache(_folder.Path), null, Token, times);
        Assert.All(times.Milliseconds.Where(t => t.Stage != AnalysisStage.FileHash), stage => Assert.Equal(0, stage.Milliseconds));
        Assert.Equal(first.Artifact.Sha256, second.Artifact.Sha256);
        Assert.Equal(first.Layers.Select(l => (l.WeightHash, l["rand_distance"].Value)), second.Layers.Select(l => (l.WeightHash, l["rand_distance"].Value)));

        // From then on the copy has a record of its own.
        times = new();
        ModelAnalyzer.Analyze(copy, AnalysisOptions.Default, new LayerCache(_folder.Path), null, Token, times);
        Assert.All(times.Milliseconds, stage => Assert.Equal(0, stage.Milliseconds));
    }

    [Fact]
    public void The_same_bytes_are_not_the_same_tensors_when_they_are_read_in_another_way()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Write(seed: 1), Token);
        using Checkpoint other = CheckpointReader.Open(_model.Write(("first", [20, 20], TestModel.Gaussian(400, 1)), ("second", [16, 24], TestModel.Gaussian(384, 101))), Token);
        byte[] Key(Checkpoint of, AnalysisOptions? options = null) => ArtifactHashes.For(of, options ?? AnalysisOptions.Default).ContentKey("ab");
        Assert.Equal(Key(checkpoint), Key(checkpoint));
        Assert.NotEqual(Key(checkpoint), Key(other));
        Assert.NotEqual(Key(checkpoint), Key(checkpoint, new() { Semantics = Semantics.Compatible }));
        Assert.NotEqual(Key(checkpoint), ArtifactHashes.For(checkpoint, AnalysisOptions.Default).ContentKey("ac"));
    }

    [Fact]
    public void A_file_that_changed_a_moment_ago_is_read_again()
    {
        string path = Write(seed: 1);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        using Checkpoint checkpoint = CheckpointReader.Open(path, Token);
        Assert.False(ArtifactHashes.AreSettled(checkpoint.Files, DateTime.UtcNow));
        Assert.True(ArtifactHashes.AreSettled(checkpoint.Files, DateTime.UtcNow + ArtifactHashes.Unsettled + TimeSpan.FromSeconds(1)));
        File.SetLastWriteTimeUtc(path, LongAgo);
        Assert.False(ArtifactHashes.AreSettled(checkpoint.Files, DateTime.UtcNow));
    }

    [Fact]
    public void Options_that_may_change_what_is_read_have_a_record_of_their_own_and_patterns_share_one()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Write(seed: 1), Token);
        byte[] Key(AnalysisOptions options) => ArtifactHashes.For(checkpoint, options).Key;
        Assert.NotEqual(Key(new()), Key(new() { Semantics = Semantics.Compatible }));
        Assert.Equal(Key(new()), Key(new() { Include = ["first"], MaxThreads = 3 }));
    }

    [Fact]
    public void Any_changed_bit_and_any_cut_is_noticed()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Write(seed: 1), Token);
        ArtifactHashes hashes = ArtifactHashes.For(checkpoint, AnalysisOptions.Default);
        hashes.Files = "ab";
        hashes.Add(checkpoint.Tensors[0], "cd");
        byte[] record = hashes.Encode(hashes.Key);
        ArtifactHashes read = ArtifactHashes.For(checkpoint, AnalysisOptions.Default);
        Assert.True(read.TryRead(record, read.Key));
        Assert.False(ArtifactHashes.For(checkpoint, AnalysisOptions.Default).TryRead(record, hashes.ContentKey("ab")));
        Assert.Equal(("ab", "cd", null), (read.Files, read.Of(checkpoint.Tensors[0]), read.Of(checkpoint.Tensors[1])));
        for (int i = 0; i < record.Length; i++)
        {
            byte[] changed = [.. record];
            changed[i] ^= (byte)(1 << (i % 8));
            Assert.False(ArtifactHashes.For(checkpoint, AnalysisOptions.Default).TryRead(changed, hashes.Key));
            Assert.False(ArtifactHashes.For(checkpoint, AnalysisOptions.Default).TryRead(record[..i], hashes.Key));
        }
    }

    [Fact]
    public void A_row_that_is_gone_is_measured_from_the_file()
    {
        string path = Write(seed: 1);
        string expected = Json(Analyze(path));
        foreach (string entry in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(f => File.ReadAllBytes(f).AsSpan().StartsWith("WWROW"u8)))
            File.Delete(entry);
        Assert.Equal(expected, Json(Analyze(path)));
    }

    private ModelReport Analyze(string path) => ModelAnalyzer.Analyze(path, AnalysisOptions.Default, new LayerCache(_folder.Path), null, Token);

    private string Write(int seed)
    {
        string path = _model.Write(("first", [20, 20], TestModel.Gaussian(400, seed)), ("second", [24, 16], TestModel.Gaussian(384, seed + 100)));
        File.SetLastWriteTimeUtc(path, LongAgo);
        return path;
    }

    private static string Json(ModelReport report)
    {
        using MemoryStream stream = new();
        JsonReport.Write(stream, report, null);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
