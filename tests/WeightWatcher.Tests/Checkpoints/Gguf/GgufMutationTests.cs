using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.PyTorch;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Gguf;

/// <summary>Damaged GGUF files: whatever bytes change, the reader ends with tensors or a coded error, within its bounds.</summary>
public class GgufMutationTests
{
    private const int Rounds = 5000;

    [Fact]
    public void A_damaged_file_ends_in_a_coded_error_or_is_read()
    {
        byte[] original = new GgufWriter()
            .Pair("general.architecture", 8, GgufWriter.Text("llama")).Pair("general.alignment", 4, BitConverter.GetBytes(32)).Pair("split.count", 2, 1, 0)
            .Pair("tokens", 9, GgufWriter.Array(8, 2, [.. GgufWriter.Text("a"), .. GgufWriter.Text("bc")]))
            .Add("a.weight", [4, 2], new float[8]).Add(new GgufItem("b.weight", 2, [64, 2], new byte[72])).Add(new GgufItem("c.weight", 13, [256], new byte[176]))
            .Add(new GgufItem("d.weight", 16, [256], new byte[66])).Add("scale", [], [1]).ToArray();
        Untrusted.Read(original, checkpoint => Assert.Equal(4, checkpoint.Tensors.Length));
        Random random = new(41);
        double[] values = new double[4096];
        using TemporaryFolder folder = new();
        for (int round = 0; round < Rounds; round++)
        {
            string path = folder.Write("model.gguf", Mutation.Of(original, random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
                foreach (Tensor tensor in checkpoint.Tensors)
                    tensor.Read(0, values.AsSpan(0, (int)Math.Min(tensor.Count, values.Length)));
            }
            catch (ArtifactException e)
            {
                Assert.StartsWith("WWG2", e.Code.Id, StringComparison.Ordinal);
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"round {round}: {e}");
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Untrusted.MaxAllocation);
        }
    }
}
