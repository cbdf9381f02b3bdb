using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.PyTorch;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.NumPy;

public class NpzFileTests
{
    [Theory]
    [InlineData("stories260K.npz")]
    [InlineData("stories260K-fortran.npz")]
    public void A_real_archive_holds_the_numbers_of_the_same_model_as_safetensors(string file)
    {
        using Checkpoint safetensors = CheckpointReader.Open(Reference.Require("models", "stories260K", "stories260K-f32.safetensors"), TestContext.Current.CancellationToken);
        using Checkpoint npz = CheckpointReader.Open(Reference.Require("models", "stories260K", file), TestContext.Current.CancellationToken);
        Assert.Equal("npz", npz.Format);
        Assert.Equal(safetensors.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal), npz.Tensors.Select(t => t.Name).Order(StringComparer.Ordinal));
        foreach (Tensor tensor in npz.Tensors)
        {
            Tensor same = safetensors.Tensor(tensor.Name);
            Assert.Equal(same.Shape, tensor.Shape);
            Assert.Equal(same.Values(), tensor.Values());
        }
    }

    [Fact]
    public void Stored_and_deflated_arrays_are_read_and_other_entries_told()
    {
        byte[] file = new ZipWriter()
            .Add("a.npy", NpyWriter.Array([2], 1, 2))
            .Add(new ZipItem("inner/b.npy", NpyWriter.Array([1], 3)) { Deflate = true })
            .Add("readme.txt", "hello"u8.ToArray())
            .Add("c.npy", NpyWriter.Array("|V2", [1], [1, 2])).ToArray();
        Opened.With(file, checkpoint =>
        {
            Assert.Equal("npz", checkpoint.Format);
            Assert.Equal(["a", "inner/b"], checkpoint.Tensors.Select(t => t.Name));
            Assert.Equal([1, 2], checkpoint.Tensors[0].Values());
            Assert.Equal([3], checkpoint.Tensors[1].Values());
            Assert.Equal("c", Assert.Single(checkpoint.Unreadable).Name);
            Assert.Contains("readme.txt", Assert.Single(checkpoint.Notes), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Faults_name_the_array()
    {
        byte[] shortData = NpyWriter.Array([2], 1, 2)[..^1];
        ArtifactException refusal = Untrusted.Refused(ArtifactCodes.Truncated, new ZipWriter().Add("a.npy", NpyWriter.Array([1], 1)).Add("b.npy", shortData).ToArray());
        Assert.Equal("b", refusal.Tensor);
        Assert.Equal("npz", refusal.Format);
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter().Add("a.npy", [.. NpyWriter.Array([1], 1), 0]).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter().Add("a.npy", new byte[100]).ToArray());
        Untrusted.Refused(ArtifactCodes.Truncated, new ZipWriter().Add("a.npy", []).ToArray());
        Untrusted.Refused(ArtifactCodes.Forbidden, new ZipWriter().Add("a.npy", NpyWriter.Array("|O", [1], [0x80, 4, 0x4e, 0x2e])).ToArray());
    }

    [Fact]
    public void Archives_that_lie_are_refused()
    {
        byte[] array = NpyWriter.Array([1], 1);
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter().Add("a.npy", array).Add("a.npy", array).ToArray());
        Untrusted.Refused(ArtifactCodes.PathEscapes, new ZipWriter().Add("a.npy", array).Add("../b.npy", array).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter().Add(new ZipItem("a.npy", array) { Deflate = true, Length = (uint)array.Length + 1 }).ToArray());
        Untrusted.Refused(ArtifactCodes.LimitExceeded, new ZipWriter().Add(new ZipItem("a.npy", array) { Deflate = true, Length = 1u << 30 }).ToArray());
        Untrusted.Refused(ArtifactCodes.LimitExceeded, new ZipWriter().Add(new ZipItem("a.npy", NpyWriter.Array("|u1", [20_000_000], new byte[20_000_000])) { Deflate = true }).ToArray());
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, new ZipWriter().Add(new ZipItem("a.npy", array) { Flags = 1 }).ToArray());
        Untrusted.Refused(ArtifactCodes.Truncated, new ZipWriter().Add("a.npy", array).ToArray()[..^30]);
    }
}
