using System.Runtime.InteropServices;
using System.Text;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints;

/// <summary>A folder that the user names widens where a link of the artifact's folder may end, and nothing else.</summary>
public sealed class ExternalRootsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ExternalRootsTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_into_a_named_folder_is_followed_and_its_file_is_listed()
    {
        Store("store/w.bin");
        Link("models/w.bin", "../store/w.bin");
        using Checkpoint checkpoint = Open("w.bin", "store");
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("w").Values());
        Assert.Equal(["model.onnx", "w.bin"], checkpoint.Files.Select(file => Path.GetFileName(file.Path)));
    }

    [Fact]
    public void Folders_that_are_links_themselves_are_followed_on_both_sides()
    {
        Store("real/deep/w.bin");
        Directory.CreateSymbolicLink(_folder.File("named"), _folder.File("real"));
        Directory.CreateDirectory(_folder.File("models"));
        Directory.CreateSymbolicLink(_folder.File("models", "door"), _folder.File("named", "deep"));
        using Checkpoint checkpoint = Open("door/w.bin", "named");
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("w").Values());
    }

    [Theory]
    [InlineData("../store/w.bin")]
    [InlineData("a/../../store/w.bin")]
    [InlineData("..\\store\\w.bin")]
    public void A_name_that_climbs_is_refused_even_where_it_would_end_in_a_named_folder(string name)
    {
        Store("store/w.bin");
        Refused("WWG2016", name, "store");
    }

    [Fact]
    public void An_absolute_name_is_refused_even_where_it_ends_in_a_named_folder()
    {
        Store("store/w.bin");
        Refused("WWG2016", _folder.File("store", "w.bin"), "store");
    }

    [Fact]
    public void A_name_is_not_looked_up_in_a_named_folder()
    {
        Store("store/w.bin");
        Refused("WWG2017", "w.bin", "store");
    }

    [Fact]
    public void Nothing_beside_or_above_a_named_folder_is_reached()
    {
        Store("store/w.bin");
        Store("store2/w.bin");
        Store("w.bin");
        // A link out of the named folder leads out.
        Link("store/out.bin", "../w.bin");
        Link("models/out.bin", "../store/out.bin");
        Link("models/beside.bin", "../store2/w.bin");
        Link("models/above.bin", "../w.bin");
        Refused("WWG2016", "out.bin", "store");
        Refused("WWG2016", "beside.bin", "store");
        Refused("WWG2016", "above.bin", "store");
        // A named folder that is not there is none.
        Refused("WWG2016", "beside.bin", "absent");
        // One of several is enough.
        using Checkpoint checkpoint = Open("beside.bin", "absent", "store2");
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("w").Values());
    }

    [Fact]
    public void A_named_folder_that_is_a_link_widens_to_where_it_leads_and_not_to_where_it_lies()
    {
        Store("real/w.bin");
        Store("lies/w.bin");
        Directory.CreateSymbolicLink(_folder.File("lies", "root"), _folder.File("real"));
        Link("models/lies.bin", "../lies/w.bin");
        Link("models/real.bin", "../real/w.bin");
        Refused("WWG2016", "lies.bin", "lies/root");
        using Checkpoint checkpoint = Open("real.bin", "lies/root");
        Assert.Equal([1, 2, 3, 4], checkpoint.Tensor("w").Values());
    }

    [Fact]
    public void Shards_may_be_links_into_it_too_by_the_policy()
    {
        _folder.Write("store/one", SafetensorsWriter.Bytes(("a.weight", [32, 16], [.. Enumerable.Range(0, 512).Select(i => (float)Math.Sin(i * i))])));
        string index = _folder.Write("models/model.safetensors.index.json", Encoding.UTF8.GetBytes("{\"metadata\":{},\"weight_map\":{\"a.weight\":\"model.safetensors\"}}"));
        Link("models/model.safetensors", "../store/one");
        string policy = _folder.Write("policies/weightwatcher.yml", Encoding.UTF8.GetBytes("version: 1\nextends: none\nanalysis: { randomize: off, external_roots: ../store }\nrules: []\n"));
        Policy wide = Policy.Load(policy), narrow = Policy.Parse("version: 1\nextends: none\nanalysis: { randomize: off }\nrules: []\n");
        Assert.Equal([_folder.File("store")], wide.Analysis.ExternalRoots);
        Assert.True(ModelGate.Run(new GateRequest { ArtifactPath = index, Policy = wide }, TestContext.Current.CancellationToken).Verdict.Passed);
        Assert.Equal("WWG2016", Assert.Single(ModelGate.Run(new GateRequest { ArtifactPath = index, Policy = narrow }, TestContext.Current.CancellationToken).Verdict.Violations).Code);
        // Where files lie is no part of what was analysed: baselines stay comparable.
        Assert.Equal(narrow.Analysis, wide.Analysis);
    }

    private void Store(string name) => _folder.Write(name, MemoryMarshal.AsBytes<float>([1, 2, 3, 4]).ToArray());

    private void Link(string name, string target)
    {
        string path = _folder.File(name.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
    }

    private Checkpoint Open(string location, params string[] roots)
    {
        string model = _folder.Write("models/model.onnx", OnnxWriter.Model(new OnnxGraph().Initializer(OnnxWriter.External("w", 1, [4], ("location", location)))));
        return CheckpointReader.Open(model, [.. roots.Select(root => _folder.File(root.Split('/')))], TestContext.Current.CancellationToken);
    }

    private void Refused(string code, string location, params string[] roots) =>
        Assert.Equal(code, Opened.Refusal(() => Open(location, roots)).Code.Id);
}
