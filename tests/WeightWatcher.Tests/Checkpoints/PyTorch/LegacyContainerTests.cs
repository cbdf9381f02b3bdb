using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>The stream of torch before 1.6.</summary>
public class LegacyContainerTests
{
    private static readonly double[] Numbers = [.. Enumerable.Range(0, 12).Select(i => (double)i)];

    private static byte[] Pickle { get; } = OnStorage(s => s.Storage("0", 12, legacy: true));

    private static (string Key, long Count, byte[] Data) Twelve => ("0", 12, TorchWriter.Twelve);

    private static byte[] OnStorage(Action<PickleWriter> storage) => TorchWriter.Dictionary(("w", p => p.Tensor(storage, 0, [3, 4], [4, 1])));

    [Fact]
    public void A_state_dictionary_is_read() => Untrusted.Read(TorchWriter.Legacy(Pickle, Twelve), checkpoint =>
    {
        Assert.Equal("pytorch-legacy", checkpoint.Format);
        Assert.Equal(Numbers, checkpoint.Tensor("w").Values());
    });

    [Fact]
    public void Elements_are_little_endian_whatever_machine_wrote_the_counts() =>
        Untrusted.Read(TorchWriter.Legacy(Pickle, littleEndian: false, Twelve), checkpoint => Assert.Equal(Numbers, checkpoint.Tensor("w").Values()));

    [Fact]
    public void A_view_of_a_storage_is_part_of_it()
    {
        Action<PickleWriter> view = s => s.Ascii("(").Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Int(12).Ascii("(").Text("view").Int(8).Int(4).Ascii("ttQ");
        byte[] pickle = TorchWriter.Dictionary(("whole", p => p.Tensor(s => s.Storage("0", 12, legacy: true), 8, [4], [1])), ("part", p => p.Tensor(view, 0, [4], [1])));
        Untrusted.Read(TorchWriter.Legacy(pickle, Twelve), checkpoint =>
        {
            Assert.Equal([8, 9, 10, 11], checkpoint.Tensor("part").Values());
            Assert.Equal(checkpoint.Tensor("whole").StorageIdentity, checkpoint.Tensor("part").StorageIdentity);
        });
        byte[] outside = TorchWriter.Dictionary(("part", p => p.Tensor(view, 1, [4], [1])));
        Untrusted.Refused(ArtifactCodes.TensorOutOfBounds, TorchWriter.Legacy(outside, Twelve));
    }

    [Fact]
    public void A_view_beyond_its_storage_is_refused()
    {
        Action<PickleWriter> view = s => s.Ascii("(").Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Int(12).Ascii("(").Text("view").Int(8).Int(5).Ascii("ttQ");
        Untrusted.Refused(ArtifactCodes.TensorOutOfBounds, TorchWriter.Legacy(OnStorage(view), Twelve));
    }

    [Fact]
    public void A_container_reference_is_a_class()
    {
        byte[] pickle = PickleWriter.Protocol().Ascii("(").Text("module").Global("__main__", "Net").Text("net.py").Text("class Net: pass").Ascii("tQ)").Raw(0x81)
            .Entries(("weight", p => p.Tensor(s => s.Storage("0", 12, legacy: true), 0, [12], [1]))).Ascii("b").Stop().Bytes;
        Untrusted.Read(TorchWriter.Legacy(pickle, Twelve), checkpoint => Assert.Equal(Numbers, checkpoint.Tensor("weight").Values()));
    }

    [Fact]
    public void A_file_cut_anywhere_is_truncated()
    {
        byte[] file = TorchWriter.Legacy(Pickle, Twelve);
        for (int length = 40; length < file.Length; length++)
            Untrusted.Refused(ArtifactCodes.Truncated, file[..length]);
    }

    [Fact]
    public void Anything_behind_the_last_storage_is_refused()
    {
        ArtifactException refusal = Untrusted.Refused(ArtifactCodes.Malformed, [.. TorchWriter.Legacy(Pickle, Twelve), 1, 2, 3]);
        Assert.Contains("3 bytes follow", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Storages_that_do_not_fit_their_references_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.TensorOutOfBounds, TorchWriter.Legacy(Pickle, ("0", 11, TorchWriter.Twelve)));
        Untrusted.Refused(ArtifactCodes.TensorOutOfBounds, TorchWriter.Legacy(Pickle, ("0", -1, TorchWriter.Twelve)));
        Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.Legacy(Pickle, Twelve, ("1", 12, TorchWriter.Twelve)));
        Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.Legacy(Pickle, Twelve, Twelve));
        Untrusted.Refused(ArtifactCodes.ReferencedFileMissing, TorchWriter.Legacy(Pickle));
        Untrusted.Refused(ArtifactCodes.UnknownElementType, TorchWriter.Legacy(OnStorage(s => s.Storage("0", 12, "FooStorage", legacy: true)), Twelve));
        Untrusted.Refused(ArtifactCodes.InvalidShape, TorchWriter.Legacy(OnStorage(s => s.Storage("0", 0x4000000000000001, legacy: true)), ("0", 0x4000000000000001, TorchWriter.Twelve)));
    }

    [Fact]
    public void Another_version_or_another_pickle_is_refused()
    {
        Untrusted.Refused(ArtifactCodes.Malformed, [.. TorchWriter.Head(version: 1002), .. Pickle]);
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, TorchWriter.Dictionary(("a", p => p.Int(1))));
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, PickleWriter.Protocol(4).Frame(2).Ascii("K\u0001.").Bytes);
    }
}
