using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Checkpoints.Archives;
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
    public void A_wrong_checksum_of_a_stored_array_is_refused_when_it_is_read()
    {
        byte[] array = NpyWriter.Array([2, 3], 1, 2, 3, 4, 5, 6);
        byte[] file = new ZipWriter().Add("a.npy", array).Add(new ZipItem("b.npy", array) { Crc = 0x12345678 }).ToArray();
        Opened.With(file, checkpoint =>
        {
            Assert.Equal([1, 2, 3, 4, 5, 6], checkpoint.Tensor("a").Values());
            for (int i = 0; i < 2; i++)
            {
                ArtifactException refusal = Opened.Refusal(() => checkpoint.Tensor("b").Values());
                Assert.Equal(("WWG2010", "b", "npz", checkpoint.Files[0].Path), (refusal.Code.Id, refusal.Tensor, refusal.Format, refusal.Path));
                Assert.Contains("zip entry 'b.npy' has checksum", refusal.Message, StringComparison.Ordinal);
            }
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Arrays_read_in_any_order_keep_their_checksum(bool fortran)
    {
        const int Rows = 300, Columns = 500;
        byte[] data = [.. Enumerable.Range(0, Rows * Columns).SelectMany(i => BitConverter.GetBytes((float)i))];
        byte[] array = NpyWriter.Array("<f4", [Rows, Columns], data, fortran);
        byte[] damaged = [.. array];
        damaged[^1] ^= 0x40;
        uint crc = Crc32.Append(0, array);
        foreach (bool isDamaged in (bool[])[false, true])
        {
            byte[] file = new ZipWriter().Add(new ZipItem("w.npy", isDamaged ? damaged : array) { Crc = crc }).ToArray();
            Opened.With(file, checkpoint =>
            {
                Tensor tensor = checkpoint.Tensor("w");
                double[] values = new double[Rows * Columns];
                void Read()
                {
                    // The last rows first, then some twice.
                    foreach (int row in (int[])[290, 100, 0, 105])
                        tensor.Read(row * Columns, values.AsSpan(row * Columns, Math.Min(110, Rows - row) * Columns));
                    for (int row = 0; row < Rows; row += 10)
                        tensor.Read(row * Columns, values.AsSpan(row * Columns, 10 * Columns));
                }

                if (isDamaged)
                    Assert.Equal(ArtifactCodes.Malformed, Opened.Refusal(Read, file.Length).Code);
                else
                    Read();
                if (!isDamaged)
                    Assert.Equal(Enumerable.Range(0, values.Length).Select(i => fortran ? (double)((i % Columns * Rows) + (i / Columns)) : i), values);
            });
        }
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
