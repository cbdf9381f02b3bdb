using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.PyTorch;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Keras;

/// <summary>Damaged files: whatever bytes change, the reader ends with a checkpoint or a coded error, within its bounds.</summary>
public sealed class KerasMutationTests
{
    private const int Rounds = 4000;

    [Theory]
    [InlineData("contiguous", 1)]
    [InlineData("chunked", 2)]
    [InlineData("new", 3)]
    [InlineData("archive", 4)]
    public void A_damaged_file_ends_in_a_coded_error_or_is_read(string kind, int seed)
    {
        byte[] original = Make(kind);
        Untrusted.Read(original, checkpoint => Assert.NotEmpty(checkpoint.Tensors));
        Random random = new(seed);
        using TemporaryFolder folder = new();
        for (int round = 0; round < Rounds; round++)
        {
            string path = folder.Write("model.h5", Mutation.Of(original, random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
                foreach (Tensor tensor in checkpoint.Tensors.Where(t => t.Count < 1 << 16))
                    _ = tensor.Values();
            }
            catch (ArtifactException e)
            {
                Assert.NotEmpty(e.Message);
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"round {round} of seed {seed}: {e}");
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Untrusted.MaxAllocation);
        }
    }

    private static byte[] Make(string kind)
    {
        Hdf5Writer file = new();
        switch (kind)
        {
            case "contiguous":
                ulong dense = file.Group(("kernel:0", file.Floats([2, 3], 1, 2, 3, 4, 5, 6)), ("bias:0", file.Floats([3], 1, 2, 3)));
                return file.ToArray(file.Group([(Hdf5Writer.Attribute, Hdf5Writer.NamedAttribute("layer_names"))], ("dense", dense)));
            case "chunked":
                return Hdf5FileTests.Chunked(deflate: true, shuffle: true);
            case "new":
                ulong set = file.NewObject((Hdf5Writer.Dataspace, [2, 1, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0]), (Hdf5Writer.Datatype, Hdf5Writer.Float(4)), (Hdf5Writer.Layout, [3, 0, 12, 0, .. new byte[12]]));
                return file.ToNewArray(file.NewObject((Hdf5Writer.Link, Hdf5Writer.HardLink("w", set)), (Hdf5Writer.Link, Hdf5Writer.SoftLink("s", "/w"))));
            default:
                return KerasFileTests.Archive(deflate: false);
        }
    }
}
