using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;

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

    /// <summary>Opens bytes that must be refused.</summary>
    public static ArtifactException Refused(byte[] bytes)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.bin", bytes);
        ArtifactException refusal = Assert.Throws<ArtifactException>(() => CheckpointReader.Open(path, TestContext.Current.CancellationToken).Dispose());
        Assert.Equal(path, refusal.Path);
        return refusal;
    }
}
