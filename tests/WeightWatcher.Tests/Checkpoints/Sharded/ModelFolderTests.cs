using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Sharded;

/// <summary>Which file of a folder is its model, in the layouts that tools write.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.safetensors", "pytorch_model.bin,tf_model.h5,config.json,tokenizer.json")]
    [InlineData("model.safetensors", "model.fp16.safetensors")]
    [InlineData("pytorch_model.bin", "training_args.bin,optimizer.pt,scheduler.pt,rng_state.pth,rng_state_0.pth,scaler.pt,trainer_state.json")]
    [InlineData("adapter_model.safetensors", "adapter_config.json,training_args.bin,optimizer.pt")]
    [InlineData("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors,config.json")]
    [InlineData("model.onnx", "model_quantized.onnx,model_fp16.onnx")]
    [InlineData("last.ckpt", "hparams.yaml,events.out")]
    [InlineData("best.pt", "results.csv,args.yaml")]
    public void The_model_is_found_among_what_lies_beside_it(string model, string others)
    {
        foreach (string other in others.Split(','))
            _folder.Write(other, SafetensorsWriter.Bytes(("other", [1], [2])));
        _folder.Write(model, SafetensorsWriter.Bytes(("w", [1], [1])));
        using Checkpoint checkpoint = CheckpointReader.Open(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal("w", Assert.Single(checkpoint.Tensors).Name);
    }

    [Fact]
    public void Models_that_are_not_read_are_told()
    {
        foreach (string name in (string[])["model.safetensors", "model.fp16.safetensors", "pytorch_model.bin"])
            _folder.Write(name, SafetensorsWriter.Bytes(("w", [1], [1])));
        using Checkpoint checkpoint = CheckpointReader.Open(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal("The folder's model is 'model.safetensors'; 'model.fp16.safetensors', 'pytorch_model.bin' beside it were not read.", Assert.Single(checkpoint.Notes));
    }

    /// <summary>A file that appears later where nothing was found decides about the model as well when a note was added.</summary>
    [Fact]
    public void What_was_looked_for_stays_when_notes_or_tensors_are_others()
    {
        using Checkpoint checkpoint = new() { Format = "f", Tensors = [], Files = [], LookedFor = ["config.json"] };
        using Checkpoint noted = checkpoint.With(["a note"]), others = checkpoint.With(ImmutableArray<Tensor>.Empty);
        Assert.Equal(["config.json"], noted.LookedFor);
        Assert.Equal(["config.json"], others.LookedFor);
    }

    [Theory]
    [InlineData("a.safetensors,b.safetensors", "several models without an index that joins them: 'a.safetensors', 'b.safetensors'")]
    [InlineData("model-00001-of-00002.safetensors,model-00002-of-00002.safetensors", "several models without an index")]
    [InlineData("model-00002-of-00003.safetensors,config.json", "part 2 of 3 of a model, 'model-00002-of-00003.safetensors', and no index")]
    [InlineData("pytorch_model-00001-of-00002.bin", "part 1 of 2 of a model")]
    [InlineData("epoch1.pt,epoch2.pt,epoch3.pt,epoch4.pt", "'epoch1.pt', 'epoch2.pt', 'epoch3.pt' and more; name one of them")]
    [InlineData("model_index.json,unet/model.safetensors,vae/model.safetensors,scheduler/scheduler_config.json", "models lie in folders of their own: 'unet', 'vae'; name one of them")]
    [InlineData("saved_model.pb,variables/variables.index", "a TensorFlow SavedModel")]
    [InlineData("optimizer.pt,training_args.bin", "found a folder without any")]
    [InlineData("readme.md", "found a folder without any")]
    public void A_folder_without_one_model_says_what_it_holds(string files, string said)
    {
        foreach (string file in files.Split(','))
            _folder.Write(file, [1]);
        ArtifactException refusal = Opened.Refusal(() => CheckpointReader.Open(_folder.Path, TestContext.Current.CancellationToken));
        Assert.Equal("WWG2009", refusal.Code.Id);
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
    }
}
