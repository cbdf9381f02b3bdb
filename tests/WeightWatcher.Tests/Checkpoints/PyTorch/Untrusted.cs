using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.Writers;
using WeightWatcher.Tests.Hostile;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>Opens small hostile files and holds the reader to its bounds.</summary>
internal static class Untrusted
{
    /// <summary>The file must be refused with the code, without allocating much.</summary>
    public static ArtifactException Refused(DiagnosticCode code, byte[] bytes)
    {
        ArtifactException refusal = Bounded(bytes, _ => { }) ?? throw new Xunit.Sdk.XunitException($"the file was read, {code} was expected");
        Assert.True(refusal.Code == code, $"expected {code}, found {refusal.Code}: {refusal.Message}");
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }

    /// <summary>The file must be read, without allocating much.</summary>
    public static void Read(byte[] bytes, Action<Checkpoint> use)
    {
        if (Bounded(bytes, use) is { } refusal)
            throw refusal;
    }

    private static ArtifactException? Bounded(byte[] bytes, Action<Checkpoint> use)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.pt", bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, ReaderTarget.AllocationLimit);
            use(checkpoint);
            return null;
        }
        catch (ArtifactException refusal)
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, ReaderTarget.AllocationLimit);
            return refusal;
        }
    }
}
