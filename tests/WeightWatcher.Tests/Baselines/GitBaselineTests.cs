using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using WeightWatcher.Tests.Analysis;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Baselines;

/// <summary>Baselines in real repositories, through the real git.</summary>
public sealed class GitBaselineTests : IDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly string _repository;

    public GitBaselineTests()
    {
        _repository = _folder.File("repository");
        Directory.CreateDirectory(_repository);
        Git(_repository, "init", "-q", "-b", "main");
        Write("models/net.safetensors", TestModel.Trained(100, 60, 1));
        Commit("first");
        Git(_repository, "checkout", "-q", "-b", "feature");
        Write("models/net.safetensors", TestModel.Gaussian(6000, 1));
        Commit("worse");
    }

    [Theory]
    [InlineData("git:main:models/net.safetensors")]
    [InlineData("git:HEAD~1:models/net.safetensors")]
    [InlineData("git:main:models")]
    public void The_model_of_a_revision_is_the_baseline(string spec)
    {
        foreach (string? cache in new[] { null, _folder.File("cache") })
        {
            GateResult result = Judge(spec, cache);
            Assert.Contains(result.Verdict.Violations, violation => violation.Code == "WWG1004");
            GitInput input = Assert.Single(result.GitInputs);
            Assert.True(input.IsCurrent(Token));
            Assert.False((input with { ObjectId = new string('0', 40) }).IsCurrent(Token));
        }

        Assert.Empty(Judge("git:feature:models/net.safetensors").Verdict.Violations.Where(violation => violation.Severity == Severity.Error && violation.Code.StartsWith("WWG1", StringComparison.Ordinal) && violation.Baseline is not null));
    }

    [Fact]
    public void A_baseline_file_of_a_revision_is_one_too()
    {
        Git(_repository, "checkout", "-q", "main");
        Baseline.Of(ModelAnalyzer.Analyze(Path.Combine(_repository, "models", "net.safetensors"), AnalysisOptions.Default, Token)).Save(Path.Combine(_repository, "models", "net.wwbaseline.json"));
        Commit("baseline");
        Write("models/net.safetensors", TestModel.Gaussian(6000, 1));
        Assert.Equal(Judge("git:main~1:models/net.safetensors").Verdict.Violations.Select(violation => violation.Message), Judge("git:main:models/net.wwbaseline.json").Verdict.Violations.Select(violation => violation.Message));
    }

    [Fact]
    public void Shards_come_from_the_same_revision_as_their_index()
    {
        const string index = """{ "metadata": {}, "weight_map": { "fc1.weight": "part-1.safetensors", "fc2.weight": "part-2.safetensors" } }""";
        void Shards(string message, int seed)
        {
            _folder.Write("repository/model.safetensors.index.json", Encoding.UTF8.GetBytes(index));
            SafetensorsWriter.Write(Path.Combine(_repository, "part-1.safetensors"), ("fc1.weight", [40, 30], TestModel.Gaussian(1200, seed)));
            SafetensorsWriter.Write(Path.Combine(_repository, "part-2.safetensors"), ("fc2.weight", [40, 30], TestModel.Gaussian(1200, seed + 1)));
            Commit(message);
        }

        Shards("old", 1);
        string old = ModelAnalyzer.Analyze(Path.Combine(_repository, "model.safetensors.index.json"), AnalysisOptions.Default, Token).Layers[1].WeightHash;
        Shards("new", 5);
        // The index is the same file in both revisions; what it names is not.
        foreach ((string revision, bool isOld) in new[] { ("HEAD", false), ("HEAD~1", true), ("HEAD", false) })
        {
            GateResult result = Judge($"git:{revision}:model.safetensors.index.json", _folder.File("cache"));
            Assert.Equal(isOld, result.ComparedWith!.Report.Layers[1].WeightHash == old);
        }
    }

    [Fact]
    public void A_pointer_of_LFS_is_followed_to_the_object_or_explained()
    {
        byte[] model = File.ReadAllBytes(Path.Combine(_repository, "models", "net.safetensors"));
        string hash = Convert.ToHexStringLower(SHA256.HashData(model));
        _folder.Write("repository/lfs.safetensors", Encoding.UTF8.GetBytes(FormattableString.Invariant($"version https://git-lfs.github.com/spec/v1\noid sha256:{hash}\nsize {model.Length}\n")));
        Commit("pointer");
        Violation missing = Assert.Single(Judge("git:feature:lfs.safetensors").Verdict.Violations);
        Assert.Equal("WWG4022", missing.Code);
        Assert.Contains("git lfs fetch origin feature --include=lfs.safetensors", missing.Message, StringComparison.Ordinal);
        _folder.Write($"repository/.git/lfs/objects/{hash[..2]}/{hash[2..4]}/{hash}", model);
        Assert.Equal(hash, Judge("git:feature:lfs.safetensors").ComparedWith!.Report.Artifact.Sha256);
    }

    [Fact]
    public void A_revision_that_is_not_there_says_how_to_get_it()
    {
        Violation violation = Assert.Single(Judge("git:origin/release:models/net.safetensors").Verdict.Violations);
        Assert.Equal("WWG4021", violation.Code);
        Assert.Contains("git fetch --depth=1 origin +refs/heads/release:refs/remotes/origin/release", violation.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("shallow", violation.Message, StringComparison.Ordinal);

        string clone = _folder.File("clone");
        Git(_folder.Path, "clone", "-q", "--depth=1", "--branch", "feature", "file://" + _repository, clone);
        Violation shallow = Assert.Single(Judge("git:origin/main:models/net.safetensors", folder: clone).Verdict.Violations);
        Assert.Equal("WWG4021", shallow.Code);
        Assert.Contains("fetch-depth: 0", shallow.Message, StringComparison.Ordinal);
        // What it says to run is what helps.
        string[] command = shallow.Message[(shallow.Message.IndexOf("git fetch", StringComparison.Ordinal) + 4)..].TrimEnd('.').Split(' ');
        Git(clone, command);
        Assert.NotNull(Judge("git:origin/main:models/net.safetensors", folder: clone).ComparedWith);
    }

    [Theory]
    [InlineData("git:main:models/other.safetensors", "WWG4002", "'models/net.safetensors'")]
    [InlineData("git:main:elsewhere/net.safetensors", "WWG4002", "from the root of the repository")]
    [InlineData("git:main:../net.safetensors", "WWG4002", "git:<revision>:<path>")]
    [InlineData("git:--upload-pack=touch$IFS.hacked:models/net.safetensors", "WWG4021", "has no revision")]
    [InlineData("git:main:link", "WWG4020", "symbolic link")]
    public void What_is_not_in_the_revision_is_said(string spec, string code, string sentence)
    {
        Git(_repository, "checkout", "-q", "main");
        File.CreateSymbolicLink(Path.Combine(_repository, "link"), "models/net.safetensors");
        Commit("link");
        Violation violation = Assert.Single(Judge(spec).Verdict.Violations);
        Assert.Equal(code, violation.Code);
        Assert.Contains(sentence, violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_outside_of_a_repository_is_said()
    {
        string outside = _folder.File("outside");
        Directory.CreateDirectory(outside);
        Assert.Equal("WWG4020", Assert.Single(Judge("git:main:models/net.safetensors", folder: outside).Verdict.Violations).Code);
    }

    [Fact]
    public void The_work_tree_does_not_matter()
    {
        Git(_repository, "checkout", "-q", "main");
        string before = Judge("git:main:models/net.safetensors").ComparedWith!.Report.Layers[0].WeightHash;
        Write("models/net.safetensors", TestModel.Gaussian(6000, 9));
        Assert.Equal(before, Judge("git:main:models/net.safetensors").ComparedWith!.Report.Layers[0].WeightHash);
    }

    public void Dispose() => _folder.Dispose();

    private GateResult Judge(string spec, string? cache = null, string? folder = null) => ModelGate.Run(
        new()
        {
            ArtifactPath = Path.Combine(_repository, "models", "net.safetensors"),
            Policy = Policy.NoRegression,
            BaselinePath = spec,
            RepositoryDirectory = folder ?? Path.Combine(_repository, "models"),
            CacheDirectory = cache,
        },
        Token);

    private void Write(string name, float[] values)
    {
        string path = Path.Combine(_repository, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafetensorsWriter.Write(path, ("fc1.weight", [100, 60], values));
    }

    private void Commit(string message)
    {
        Git(_repository, "add", "-A");
        Git(_repository, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", message);
    }

    private static void Git(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("git", arguments) { WorkingDirectory = folder, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
