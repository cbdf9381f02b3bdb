using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.Archives;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>Archives that two readers would read in two ways, that are damaged, or that grow.</summary>
public class ZipContainerTests
{
    private const string Pickle = "archive/data.pkl";
    private const string Storage = "archive/data/0";

    private static readonly double[] Numbers = [.. Enumerable.Range(0, 12).Select(i => (double)i)];

    private static byte[] Dictionary { get; } = TorchWriter.Dictionary(("w", TorchWriter.Full));

    private static byte[] With(ZipItem pickle, ZipItem storage) => new ZipWriter().Add(pickle).Add(storage).ToArray();

    private static ZipItem PickleItem => new(Pickle, Dictionary);

    private static ZipItem StorageItem => new(Storage, TorchWriter.Twelve);

    private static void AssertRead(byte[] file) => Untrusted.Read(file, checkpoint => Assert.Equal(Numbers, checkpoint.Tensor("w").Values()));

    [Fact]
    public void Stored_deflated_padded_and_ZIP64_entries_are_read()
    {
        AssertRead(With(PickleItem, StorageItem));
        AssertRead(With(PickleItem with { Deflate = true }, StorageItem with { Deflate = true }));
        AssertRead(With(PickleItem with { Padding = 60 }, StorageItem with { Padding = 37 }));
        AssertRead(With(PickleItem with { Zip64 = true }, StorageItem with { Zip64 = true }));
        AssertRead(new ZipWriter { Zip64 = true }.Add(PickleItem).Add(StorageItem).ToArray());
        AssertRead(new ZipWriter().Add(StorageItem).Add(new ZipItem("archive/", [])).Add(PickleItem).Add("archive/.data/serialization_id", [1, 2, 3]).ToArray());
    }

    [Fact]
    public void Big_endian_storages_are_read()
    {
        byte[] swapped = [.. TorchWriter.Twelve.Chunk(4).SelectMany(number => number.Reverse())];
        byte[] file = TorchWriter.ZipItems(Dictionary, swapped).Add("archive/byteorder", "big"u8.ToArray()).ToArray();
        Untrusted.Read(file, checkpoint =>
        {
            Assert.Equal(Numbers, checkpoint.Tensor("w").Values());
            Assert.Single(checkpoint.Notes);
        });
        byte[] strided = TorchWriter.ZipItems(TorchWriter.Dictionary(("w", p => p.Tensor(s => s.Storage("0", 12), 0, [4, 3], [1, 4]))), swapped)
            .Add("archive/byteorder", "big"u8.ToArray()).ToArray();
        Untrusted.Read(strided, checkpoint => Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], checkpoint.Tensor("w").Values()));
        Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.ZipItems(Dictionary).Add("archive/byteorder", "middle"u8.ToArray()).ToArray());
    }

    [Fact]
    public void Encrypted_entries_and_unknown_methods_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, With(PickleItem with { Flags = 0x1 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, With(PickleItem with { Flags = 0x40 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, With(PickleItem, StorageItem with { Flags = 0x1 }));
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem with { Flags = 0x20 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, With(PickleItem with { Method = 99 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, With(PickleItem, StorageItem with { Method = 12 }));
    }

    [Fact]
    public void Headers_that_disagree_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem with { LocalName = "archive/evil.pkl" }, StorageItem));
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem, StorageItem with { LocalName = "archive/data/1" }));
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem with { LocalFlags = 0x1 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem with { LocalFlags = 0x20 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem with { LocalLength = 1 }, StorageItem));
        byte[] moved = With(PickleItem, StorageItem);
        int header = moved.AsSpan().LastIndexOf("PK\u0003\u0004"u8);
        moved[header] = (byte)'Q';
        Untrusted.Refused(ArtifactCodes.Malformed, moved);
    }

    [Fact]
    public void A_wrong_checksum_of_a_pickle_or_of_deflated_bytes_is_refused()
    {
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem with { Crc = 1 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem, StorageItem with { Crc = 1, Deflate = true }));

        // Stored tensor data is not read twice for a checksum that PyTorch neither compares nor always writes.
        AssertRead(With(PickleItem, StorageItem with { Crc = 1 }));
    }

    [Fact]
    public void Two_entries_of_one_name_and_two_roots_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.ZipItems(Dictionary).Add(PickleItem).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.ZipItems(Dictionary).Add("other/data.pkl", Dictionary).ToArray());
    }

    [Fact]
    public void An_archive_without_its_pickle_is_refused()
    {
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter().Add(StorageItem).Add("archive/version", "3\n"u8.ToArray()).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter().Add("data.pkl", Dictionary).Add("data/0", TorchWriter.Twelve).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter().Add("a/b/data.pkl", Dictionary).ToArray());
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, new ZipWriter().Add("net/model.json", "{}"u8.ToArray()).Add("net/version", "1"u8.ToArray()).ToArray());
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("archive/../../evil")]
    [InlineData("/etc/passwd")]
    [InlineData("C:/evil")]
    [InlineData("archive\\evil")]
    [InlineData("archive/\0evil")]
    public void Names_that_lead_out_of_the_archive_are_refused(string name) =>
        Untrusted.Refused(ArtifactCodes.PathEscapes, TorchWriter.ZipItems(Dictionary).Add(name, [1]).ToArray());

    [Fact]
    public void Symbolic_links_are_refused() => Untrusted.Refused(
        ArtifactCodes.Malformed, TorchWriter.ZipItems(Dictionary).Add(new ZipItem("archive/link", "target"u8.ToArray()) { Attributes = 0xA1FF0000 }).ToArray());

    [Fact]
    public void Entries_that_grow_beyond_reason_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.LimitExceeded, With(PickleItem with { Deflate = true, Length = 1u << 31 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.LimitExceeded, With(new ZipItem(Pickle, new byte[4 << 20]) { Deflate = true }, StorageItem));
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem with { Deflate = true, Length = (uint)Dictionary.Length + 1 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem with { Deflate = true, Length = (uint)Dictionary.Length - 1 }, StorageItem));
        Untrusted.Refused(ArtifactCodes.Malformed, With(PickleItem with { Method = 8 }, StorageItem));
    }

    [Fact]
    public void Entries_that_overlap_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.OverlapOrHole, With(PickleItem, StorageItem with { HeaderOffset = 0 }));
        Untrusted.Refused(ArtifactCodes.OverlapOrHole, With(PickleItem, StorageItem with { Length = 4096 }));
    }

    [Fact]
    public void A_directory_that_lies_is_refused()
    {
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter { Entries = 1 }.Add(PickleItem).Add(StorageItem).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter { Entries = 3 }.Add(PickleItem).Add(StorageItem).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter { Entries = 60_000 }.Add(PickleItem).Add(StorageItem).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter { Zip64 = true, Zip64DirectoryOffset = 7 }.Add(PickleItem).Add(StorageItem).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter { Zip64 = true, Zip64DirectoryOffset = ulong.MaxValue }.Add(PickleItem).Add(StorageItem).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter { Zip64 = true, Zip64Position = ulong.MaxValue }.Add(PickleItem).Add(StorageItem).ToArray());
        Untrusted.Refused(ArtifactCodes.Malformed, new ZipWriter { Zip64 = true, Zip64Position = 3 }.Add(PickleItem).Add(StorageItem).ToArray());
    }

    [Fact]
    public void An_archive_cut_anywhere_is_refused_and_mostly_called_truncated()
    {
        byte[] file = With(PickleItem, StorageItem);
        int truncated = 0;
        for (int length = 1; length < file.Length; length++)
        {
            ArtifactException refusal = Opened.Refused(file[..length]);
            truncated += refusal.Code == ArtifactCodes.Truncated ? 1 : 0;
        }

        Assert.InRange(truncated, file.Length * 8 / 10, file.Length);
    }

    [Fact]
    public void Bytes_before_or_after_the_archive_are_refused()
    {
        Opened.Refused(new ZipWriter { Prefix = "MZ"u8.ToArray() }.Add(PickleItem).Add(StorageItem).ToArray());
        Untrusted.Refused(ArtifactCodes.Truncated, new ZipWriter { Suffix = [1] }.Add(PickleItem).Add(StorageItem).ToArray());
        byte[] inner = With(PickleItem, StorageItem);
        byte[] shifted = [.. inner[..4], .. new byte[16], .. inner[4..]];
        Opened.Refused(shifted);
    }

    [Fact]
    public void Twenty_thousand_entries_are_read()
    {
        ZipWriter writer = TorchWriter.ZipItems(Dictionary);
        for (int i = 1; i < 20_000; i++)
            writer.Add($"archive/data/{i}", []);
        Opened.With(writer.ToArray(), checkpoint => Assert.Equal(Numbers, checkpoint.Tensor("w").Values()));
    }

    [Fact]
    public void An_archive_inside_an_archive_is_bytes()
    {
        byte[] inner = With(PickleItem, StorageItem);
        AssertRead(TorchWriter.ZipItems(Dictionary).Add("archive/extra/nested.pt", inner).ToArray());
        Assert.Equal(ArtifactCodes.UnsupportedKind, Opened.Refused(new ZipWriter().Add("nested.pt", inner).ToArray()).Code);
        Assert.Equal(ArtifactCodes.Malformed, Opened.Refused(new ZipWriter().Add(Pickle, inner).Add(StorageItem).ToArray()).Code);
    }

    [Fact]
    public void A_checksum_equals_that_of_the_specification()
    {
        Assert.Equal(0xCBF43926u, Crc32.Append(0, "123456789"u8));
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 31))];
        uint split = Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, 333)), bytes.AsSpan(333));
        Assert.Equal(Crc32.Append(0, bytes), split);
    }
}
