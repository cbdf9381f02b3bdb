using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>The tar archive of torch up to 0.1.9.</summary>
public class TarContainerTests
{
    private static readonly double[] Numbers = [.. Enumerable.Range(0, 12).Select(i => (double)i)];

    /// <summary>One storage with key 7, and a view of its last eight elements with key 8.</summary>
    private static byte[] Storages(long count = 12, string type = "FloatStorage", long viewLength = 8) =>
    [
        .. TarWriter.Integer(1),
        .. TarWriter.Storage(7, count, type),
        .. TorchWriter.Twelve,
        .. PickleWriter.Protocol().Ascii("](").Ints(8, 7, 4, viewLength).Ascii("e").Stop().Bytes,
    ];

    private static byte[] Tensors(params byte[][] tensors) => [.. TarWriter.Integer(tensors.Length), .. tensors.SelectMany(t => t)];

    private static byte[] Pickle { get; } = TorchWriter.Dictionary(("a.weight", p => p.Text("1").Ascii("Q")), ("b.weight", p => p.Int(2).Ascii("Q")), ("tied", p => p.Ascii("P1\n")));

    private static TarWriter Archive(byte[]? storages = null, byte[]? tensors = null, byte[]? pickle = null) => new TarWriter()
        .Add("sys_info", TorchWriter.Dictionary(("little_endian", p => p.Raw(0x88))))
        .AddExtended("mtime", "1500000000.25")
        .Add("pickle", pickle ?? Pickle)
        .Add("storages", storages ?? Storages())
        .Add("tensors", tensors ?? Tensors(TarWriter.Tensor(1, 7, 0, [4, 3], [1, 4]), TarWriter.Tensor(2, 8, 0, [2, 4], [4, 1])));

    [Fact]
    public void Tensors_storages_and_views_are_read() => Untrusted.Read(Archive().Bytes, checkpoint =>
    {
        Assert.Equal("pytorch-tar", checkpoint.Format);
        Assert.Equal(["a.weight", "b.weight", "tied"], checkpoint.Tensors.Select(t => t.Name));
        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], checkpoint.Tensor("a.weight").Values());
        Assert.Equal(Numbers[4..], checkpoint.Tensor("b.weight").Values());
        Assert.Equal(checkpoint.Tensor("a.weight").StorageIdentity, checkpoint.Tensor("tied").StorageIdentity);
    });

    [Fact]
    public void Tensors_outside_their_storage_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.TensorOutOfBounds, Archive(tensors: Tensors(TarWriter.Tensor(1, 7, 0, [4, 3], [1, 5]), TarWriter.Tensor(2, 8, 0, [8], [1]))).Bytes);
        Untrusted.Refused(ArtifactCodes.TensorOutOfBounds, Archive(tensors: Tensors(TarWriter.Tensor(1, 7, 0, [12], [1]), TarWriter.Tensor(2, 8, 1, [8], [1]))).Bytes);
        Untrusted.Refused(ArtifactCodes.TensorOutOfBounds, Archive(storages: Storages(viewLength: 9)).Bytes);
        Untrusted.Refused(ArtifactCodes.ReferencedFileMissing, Archive(tensors: Tensors(TarWriter.Tensor(1, 99, 0, [12], [1]))).Bytes);
        Untrusted.Refused(ArtifactCodes.Truncated, Archive(storages: Storages(count: 1L << 61)).Bytes);
        Untrusted.Refused(ArtifactCodes.UnknownElementType, Archive(storages: Storages(type: "FooStorage")).Bytes);
        Untrusted.Refused(ArtifactCodes.LimitExceeded, Archive(tensors: Tensors(TarWriter.Tensor(1, 7, 0, new long[65], new long[65]))).Bytes);
    }

    [Fact]
    public void Code_in_any_member_is_refused()
    {
        byte[] harmful = PickleWriter.Protocol().Ascii("cos\nsystem\n(").Text("echo").Ascii("tR").Stop().Bytes;
        Untrusted.Refused(ArtifactCodes.Forbidden, Archive(pickle: harmful).Bytes);
        Untrusted.Refused(ArtifactCodes.Forbidden, Archive(storages: harmful).Bytes);
        Untrusted.Refused(ArtifactCodes.Forbidden, Archive(tensors: harmful).Bytes);
    }

    [Fact]
    public void Members_that_are_no_files_or_lie_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.Malformed, Archive().Add("link", [], '2').Bytes);
        Untrusted.Refused(ArtifactCodes.Malformed, Archive().Add("device", [], '3').Bytes);
        Untrusted.Refused(ArtifactCodes.Malformed, Archive().Add("pickle", Pickle).Bytes);
        Untrusted.Refused(ArtifactCodes.Malformed, Archive().Add("broken", [1], breakChecksum: true).Bytes);
        Untrusted.Refused(ArtifactCodes.Malformed, Archive().AddExtended("path", "other").Bytes);
        Untrusted.Refused(ArtifactCodes.PathEscapes, Archive().Add("../evil", [1]).Bytes);
        Untrusted.Refused(ArtifactCodes.Truncated, Archive().Add("bomb", [1], length: 1L << 32).Bytes);
    }

    [Fact]
    public void An_archive_cut_anywhere_ends_in_a_coded_error()
    {
        byte[] file = Archive().Bytes;
        for (int length = 600; length < file.Length - 1024; length += 97)
            Opened.Refused(file[..length]);
        Untrusted.Refused(ArtifactCodes.Malformed, [.. file, 1]);
    }
}
