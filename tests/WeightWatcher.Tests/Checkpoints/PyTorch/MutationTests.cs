using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>Damaged checkpoints: whatever bytes change, the reader ends with a checkpoint or a coded error, within its bounds.</summary>
public class MutationTests
{
    private const int Rounds = 3000;

    private static byte[] Seed(string container)
    {
        Action<PickleWriter> storage = s => s.Storage("0", 12, legacy: container == "legacy");
        byte[] pickle = TorchWriter.Dictionary(
            ("epoch", p => p.Int(3)),
            ("state_dict", p => p.Entries(
                ("fc.weight", q => q.Tensor(storage, 0, [3, 4], [4, 1])),
                ("fc.bias", q => q.Global("torch._utils", "_rebuild_parameter").Ascii("(").Tensor(storage, 4, [4], [1]).Raw(0x88).Ascii("NtR")),
                ("tied", q => q.Tensor(storage, 0, [4, 3], [1, 4])))),
            ("optimizer", p => p.Entries(("lr", q => q.Double(0.1)))));
        return container switch
        {
            "legacy" => TorchWriter.Legacy(pickle, ("0", 12, TorchWriter.Twelve)),
            "deflated" => new ZipWriter().Add(new ZipItem("archive/data.pkl", pickle) { Deflate = true }).Add(new ZipItem("archive/data/0", TorchWriter.Twelve) { Deflate = true }).ToArray(),
            _ => new ZipWriter { Zip64 = true }.Add("archive/data.pkl", pickle).Add("archive/data/0", TorchWriter.Twelve).Add("archive/byteorder", "little"u8.ToArray()).ToArray(),
        };
    }

    [Theory]
    [InlineData("zip", 1)]
    [InlineData("deflated", 2)]
    [InlineData("legacy", 3)]
    public void A_damaged_checkpoint_ends_in_a_coded_error_or_is_read(string container, int seed)
    {
        byte[] original = Seed(container);
        Untrusted.Read(original, checkpoint => Assert.Equal(["fc.weight", "fc.bias", "tied"], checkpoint.Tensors.Select(t => t.Name)));
        Random random = new(seed);
        using TemporaryFolder folder = new();
        for (int round = 0; round < Rounds; round++)
        {
            byte[] damaged = Mutation.Of(original, random);
            string path = folder.Write("model.pt", damaged);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
                foreach (Tensor tensor in checkpoint.Tensors.Where(t => t.Count < 1 << 20))
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

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * Untrusted.MaxAllocation);
        }
    }
}
