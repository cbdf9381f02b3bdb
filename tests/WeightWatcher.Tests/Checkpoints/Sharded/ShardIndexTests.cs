using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Sharded;

public sealed class ShardIndexTests : IDisposable
{
    private const string First = "model-00001-of-00002.safetensors";
    private const string Second = "model-00002-of-00002.safetensors";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tensors_of_all_shards_are_read_in_the_order_of_the_shards()
    {
        WriteShards();
        using Checkpoint checkpoint = Open(Index($"\"c\":\"{Second}\",\"a\":\"{First}\",\"b\":\"{First}\"", 16));
        Assert.Equal("safetensors", checkpoint.Format);
        Assert.Equal(["a", "b", "c"], checkpoint.Tensors.Select(t => t.Name));
        Assert.Equal([3, 4], checkpoint.Tensor("c").Values());
        Assert.Equal(["model.safetensors.index.json", First, Second], checkpoint.Files.Select(f => Path.GetFileName(f.Path)));
    }

    [Fact]
    public void A_folder_stands_for_the_index_in_it()
    {
        WriteShards();
        _folder.Write("model/model.safetensors.index.json", Encoding.UTF8.GetBytes(Index($"\"a\":\"{First}\",\"b\":\"{First}\",\"c\":\"{Second}\"", 16)));
        using Checkpoint checkpoint = CheckpointReader.Open(_folder.File("model"), TestContext.Current.CancellationToken);
        Assert.Equal(3, checkpoint.Tensors.Length);
    }

    [Fact]
    public void A_folder_stands_for_the_only_model_in_it_and_for_no_choice_of_several()
    {
        _folder.Write("one/net.onnx", OnnxWriter.Bytes(("w", [1], [1])));
        using (Checkpoint checkpoint = CheckpointReader.Open(_folder.File("one"), TestContext.Current.CancellationToken))
            Assert.Equal("onnx", checkpoint.Format);
        _folder.Write("one/other.onnx", OnnxWriter.Bytes(("w", [1], [1])));
        ArtifactException refusal = Opened.Refusal(() => CheckpointReader.Open(_folder.File("one"), TestContext.Current.CancellationToken));
        Assert.Equal("WWG2009", refusal.Code.Id);
        Assert.Contains("'net.onnx', 'other.onnx'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"weight_map\":", "WWG2010")]
    [InlineData("{\"weight_map\":[]}", "WWG2010")]
    [InlineData("{\"weight_map\":{\"a\":1}}", "WWG2010")]
    [InlineData("{\"weight_map\":{\"a\":null}}", "WWG2010")]
    [InlineData("{\"weight_map\":{\"a\":{\"file\":\"x\"}}}", "WWG2010")]
    [InlineData("{\"weight_map\":{},\"weight_map\":{}}", "WWG2010")]
    [InlineData("{\"weight_map\":{}} {}", "WWG2010")]
    [InlineData("{\"weight_map\":{\"a\":\"s\",\"a\":\"s\"}}", "WWG2014")]
    [InlineData("{\"metadata\":{\"total_size\":\"16\"},\"weight_map\":{}}", "WWG2010")]
    [InlineData("{\"metadata\":{\"total_size\":-16},\"weight_map\":{}}", "WWG2010")]
    [InlineData("{\"other\":\"\\ud800\",\"weight_map\":{\"\\ud800\":\"x\"}}", "WWG2010")]
    public void An_index_of_the_wrong_form_is_refused(string json, string code) => Refused(json, code);

    [Theory]
    [InlineData("../secret.safetensors", "WWG2016")]
    [InlineData("sub/../../secret.safetensors", "WWG2016")]
    [InlineData("/etc/passwd", "WWG2016")]
    [InlineData("..\\\\secret.safetensors", "WWG2016")]
    [InlineData("", "WWG2010")]
    [InlineData(".", "WWG2010")]
    [InlineData("model.safetensors.index.json", "WWG2010")]
    [InlineData("none.safetensors", "WWG2017")]
    [InlineData("notes.txt", "WWG2007")]
    public void A_shard_that_is_none_is_refused(string shard, string code)
    {
        _folder.Write("secret.safetensors", SafetensorsWriter.Bytes(("a", [1], [1])));
        _folder.Write("model/notes.txt", [.. "hello"u8]);
        Refused(Index($"\"a\":\"{shard}\""), code);
    }

    [Fact]
    public void A_tensor_that_is_not_in_its_shard_is_refused()
    {
        WriteShards();
        Assert.Equal("d", Refused(Index($"\"a\":\"{First}\",\"b\":\"{First}\",\"c\":\"{Second}\",\"d\":\"{Second}\""), "WWG2010").Tensor);
        Assert.Equal("b", Refused(Index($"\"a\":\"{First}\",\"b\":\"{Second}\",\"c\":\"{Second}\""), "WWG2010").Tensor);
        Assert.Equal("b", Refused(Index($"\"a\":\"{First}\",\"c\":\"{Second}\""), "WWG2010").Tensor);
    }

    [Fact]
    public void A_tensor_in_two_shards_is_refused()
    {
        _folder.Write($"model/{First}", SafetensorsWriter.Bytes(("a", [1], [1])));
        _folder.Write($"model/{Second}", SafetensorsWriter.Bytes(("a", [1], [1]), ("b", [1], [1])));
        Assert.Equal("a", Refused(Index($"\"a\":\"{First}\",\"b\":\"{Second}\""), "WWG2014").Tensor);
    }

    [Fact]
    public void A_shard_that_the_index_leaves_out_is_refused()
    {
        WriteShards();
        Assert.Contains(Second, Refused(Index($"\"a\":\"{First}\",\"b\":\"{First}\""), "WWG2010").Message, StringComparison.Ordinal);
    }

    /// <summary>As when a download broke off and somebody mended the index.</summary>
    [Fact]
    public void An_index_that_names_fewer_shards_than_there_are_is_refused()
    {
        _folder.Write($"model/{First}", SafetensorsWriter.Bytes(("a", [1], [1])));
        Assert.Contains("names 1 of the 2 files", Refused(Index($"\"a\":\"{First}\""), "WWG2010").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_is_read_alone_says_which_part_it_is()
    {
        WriteShards();
        using Checkpoint checkpoint = CheckpointReader.Open(_folder.File("model", Second), TestContext.Current.CancellationToken);
        Assert.Contains($"'{Second}' is part 2 of 2 of a model", Assert.Single(checkpoint.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Digits_of_other_scripts_number_no_part()
    {
        _folder.Write("model-\u0660\u0660\u0660\u0660\u0661-of-\u0660\u0660\u0660\u0660\u0662.safetensors", SafetensorsWriter.Bytes(("a", [1], [1])));
        using Checkpoint checkpoint = CheckpointReader.Open(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Empty(checkpoint.Notes);
    }

    /// <summary>Every file of PyTorch calls its storages 0, 1 and so on, and mostly its folder "archive".</summary>
    [Fact]
    public void Storages_of_one_name_in_two_shards_are_not_tied()
    {
        const string first = "pytorch_model-00001-of-00002.bin", second = "pytorch_model-00002-of-00002.bin";
        byte[] Shard(string name, int from) => TorchWriter.ZipItems(
            TorchWriter.Dictionary((name, p => p.Tensor(s => s.Storage("0", 240), 0, [20, 12], [12, 1]))), TorchWriter.Singles(Enumerable.Range(from, 240).Select(i => (float)i))).ToArray();
        _folder.Write($"model/{first}", Shard("a.weight", 0));
        _folder.Write($"model/{second}", Shard("b.weight", 500));
        string index = _folder.Write("model/pytorch_model.bin.index.json", Encoding.UTF8.GetBytes(Index($"\"a.weight\":\"{first}\",\"b.weight\":\"{second}\"")));
        Assert.Equal(["a", "b"], ModelAnalyzer.Describe(index, null, TestContext.Current.CancellationToken).Layers.Select(layer => layer.Name));
    }

    [Fact]
    public void A_total_that_is_not_the_size_of_the_tensors_is_refused()
    {
        WriteShards();
        Refused(Index($"\"a\":\"{First}\",\"b\":\"{First}\",\"c\":\"{Second}\"", 20), "WWG2010");
    }

    [Fact]
    public void A_damaged_shard_is_named()
    {
        WriteShards();
        File.AppendAllText(_folder.File("model", Second), "more");
        ArtifactException refusal = Refused(Index($"\"a\":\"{First}\",\"b\":\"{First}\",\"c\":\"{Second}\""), "WWG2010");
        Assert.Equal(_folder.File("model", Second), refusal.Path);
        Assert.Equal("safetensors", refusal.Format);
    }

    [Fact]
    public void The_links_of_a_hugging_face_cache_are_followed_and_no_others()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        _folder.Write("cache/blobs/aa", SafetensorsWriter.Bytes(("a", [1], [7])));
        _folder.Write("cache/blobs/bb", Encoding.UTF8.GetBytes(Index("\"a\":\"model.safetensors\"")));
        _folder.Write("elsewhere/aa", SafetensorsWriter.Bytes(("a", [1], [7])));
        foreach (string target in (string[])["cache/snapshots/rev", "cache/plain/rev", "cache/snapshots/bad"])
            Directory.CreateDirectory(_folder.File(target.Split('/')));
        File.CreateSymbolicLink(_folder.File("cache", "snapshots", "rev", "model.safetensors"), "../../blobs/aa");
        File.CreateSymbolicLink(_folder.File("cache", "snapshots", "rev", "model.safetensors.index.json"), "../../blobs/bb");
        File.CreateSymbolicLink(_folder.File("cache", "plain", "rev", "model.safetensors"), "../../blobs/aa");
        File.CreateSymbolicLink(_folder.File("cache", "plain", "rev", "model.safetensors.index.json"), "../../blobs/bb");
        File.CreateSymbolicLink(_folder.File("cache", "snapshots", "bad", "model.safetensors"), "../../../elsewhere/aa");
        File.CreateSymbolicLink(_folder.File("cache", "snapshots", "bad", "model.safetensors.index.json"), "../../blobs/bb");
        using (Checkpoint checkpoint = CheckpointReader.Open(_folder.File("cache", "snapshots", "rev"), TestContext.Current.CancellationToken))
        {
            Assert.Equal([7], checkpoint.Tensor("a").Values());
            // What tells later whether the model changed must see a link that is turned to another blob.
            Assert.Equal(["model.safetensors.index.json", "model.safetensors"], checkpoint.Files.Select(f => Path.GetRelativePath(_folder.File("cache", "snapshots", "rev"), f.NamedPath)));
            Assert.Equal("aa", Path.GetFileName(checkpoint.Files[1].Path));
        }

        foreach (string outside in (string[])["plain/rev", "snapshots/bad"])
        {
            string path = _folder.File(["cache", .. outside.Split('/'), "model.safetensors.index.json"]);
            Assert.Equal("WWG2016", Opened.Refusal(() => CheckpointReader.Open(path, TestContext.Current.CancellationToken)).Code.Id);
        }
    }

    [Fact]
    public void The_shards_of_a_real_model_hold_what_its_single_file_holds()
    {
        using Checkpoint whole = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-f16.safetensors"), TestContext.Current.CancellationToken);
        using Checkpoint shards = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-sharded"), TestContext.Current.CancellationToken);
        Assert.Equal(4, shards.Files.Length);
        Assert.Equal(whole.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal), shards.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        foreach (Tensor tensor in shards.Tensors)
            Assert.Equal(Assert.Single(whole.Tensors, t => t.Name == tensor.Name).Shape, tensor.Shape);
    }

    private static string Index(string map, long? total = null) =>
        $"{{{(total is null ? "" : $"\"metadata\":{{\"total_size\":{total}}},")}\"weight_map\":{{{map}}}}}";

    private void WriteShards()
    {
        _folder.Write($"model/{First}", SafetensorsWriter.Bytes(("a", [1], [1]), ("b", [1], [2])));
        _folder.Write($"model/{Second}", SafetensorsWriter.Bytes(("c", [2], [3, 4])));
    }

    private Checkpoint Open(string json) => CheckpointReader.Open(_folder.Write("model/model.safetensors.index.json", Encoding.UTF8.GetBytes(json)), TestContext.Current.CancellationToken);

    private ArtifactException Refused(string json, string code)
    {
        ArtifactException refusal = Opened.Refusal(() => Open(json).Dispose());
        Assert.Equal(code, refusal.Code.Id);
        return refusal;
    }
}
