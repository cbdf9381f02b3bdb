using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Hostile;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Opens artifacts in tests.</summary>
internal static class Opened
{
    /// <summary>Every element of a tensor.</summary>
    public static double[] Values(this Tensor tensor)
    {
        double[] values = new double[checked((int)tensor.Count)];
        tensor.Read(0, values);
        return values;
    }

    /// <summary>The tensor of that name.</summary>
    public static Tensor Tensor(this Checkpoint checkpoint, string name) => Assert.Single(checkpoint.Tensors, t => t.Name == name);

    /// <summary>Opens bytes as a file and hands the checkpoint over.</summary>
    public static void With(byte[] bytes, Action<Checkpoint> use)
    {
        using TemporaryFolder folder = new();
        using Checkpoint checkpoint = CheckpointReader.Open(folder.Write("model.bin", bytes), TestContext.Current.CancellationToken);
        use(checkpoint);
    }

    /// <summary>Opens bytes that must be refused, without allocating more than their number justifies.</summary>
    public static ArtifactException Refused(byte[] bytes)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.bin", bytes);
        ArtifactException refusal = Refused(path);
        Assert.Equal(path, refusal.Path);
        return refusal;
    }

    /// <summary>Opens a file that must be refused, without allocating more than its size justifies.</summary>
    public static ArtifactException Refused(string path) => Refusal(() => CheckpointReader.Open(path, TestContext.Current.CancellationToken).Dispose(), new FileInfo(path).Length);

    /// <summary>What must be refused, without allocating more than a file of so many bytes may.</summary>
    public static ArtifactException Refusal(Action open, long fileBytes = 0)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ArtifactException refusal = Assert.Throws<ArtifactException>(open);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, ReaderTarget.AllocationLimitOf(fileBytes));
        return refusal;
    }
}
