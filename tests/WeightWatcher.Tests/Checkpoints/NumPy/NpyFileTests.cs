using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.PyTorch;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.NumPy;

public class NpyFileTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_array_is_read_under_the_name_of_its_file(byte version)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("encoder.weight.npy", NpyWriter.Array("<f8", [2, 1], [.. BitConverter.GetBytes(1.5), .. BitConverter.GetBytes(-2.0)], version: version));
        using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
        Assert.Equal("npy", checkpoint.Format);
        Tensor tensor = Assert.Single(checkpoint.Tensors);
        Assert.Equal("encoder.weight", tensor.Name);
        Assert.Equal([2L, 1L], tensor.Shape);
        Assert.Equal([1.5, -2], tensor.Values());
    }

    [Theory]
    [InlineData("<f8", "000000000000e03f000000000000f0bf", ElementType.F64, 0.5, -1)]
    [InlineData(">f8", "3fe0000000000000bff0000000000000", ElementType.F64, 0.5, -1)]
    [InlineData("<f4", "0000003f000080bf", ElementType.F32, 0.5, -1)]
    [InlineData(">f4", "3f000000bf800000", ElementType.F32, 0.5, -1)]
    [InlineData("<f2", "003800bc", ElementType.F16, 0.5, -1)]
    [InlineData(">f2", "3800bc00", ElementType.F16, 0.5, -1)]
    [InlineData("<i8", "0500000000000000fbffffffffffffff", ElementType.I64, 5, -5)]
    [InlineData(">i8", "0000000000000005fffffffffffffffb", ElementType.I64, 5, -5)]
    [InlineData("<i4", "05000000fbffffff", ElementType.I32, 5, -5)]
    [InlineData(">i4", "00000005fffffffb", ElementType.I32, 5, -5)]
    [InlineData("<i2", "0500fbff", ElementType.I16, 5, -5)]
    [InlineData(">i2", "0005fffb", ElementType.I16, 5, -5)]
    [InlineData("|i1", "05fb", ElementType.I8, 5, -5)]
    [InlineData("<u8", "0500000000000000fb00000000000000", ElementType.U64, 5, 251)]
    [InlineData("<u4", "05000000fb000000", ElementType.U32, 5, 251)]
    [InlineData(">u2", "000500fb", ElementType.U16, 5, 251)]
    [InlineData("|u1", "05fb", ElementType.U8, 5, 251)]
    [InlineData("|b1", "0100", ElementType.Bool, 1, 0)]
    public void Numbers_of_every_type_and_byte_order_are_read(string descr, string hex, ElementType type, double first, double second)
    {
        foreach (bool fortran in (bool[])[false, true])
        {
            Opened.With(NpyWriter.Array(descr, [1, 2], Convert.FromHexString(hex), fortran), checkpoint =>
            {
                Tensor tensor = Assert.Single(checkpoint.Tensors);
                Assert.Equal(type, tensor.ElementType);
                Assert.Equal(descr, tensor.ElementTypeName);
                Assert.Equal([first, second], tensor.Values());
            });
        }
    }

    [Fact]
    public void Fortran_order_reads_as_c_order()
    {
        byte[] columns = [0, 3, 1, 4, 2, 5];
        Opened.With(NpyWriter.Array("|u1", [2, 3], columns, fortran: true), checkpoint =>
        {
            Assert.Equal([0, 1, 2, 3, 4, 5], checkpoint.Tensors[0].Values());
            double[] part = new double[3];
            checkpoint.Tensors[0].Read(2, part);
            Assert.Equal([2, 3, 4], part);
        });
        byte[] three = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
        Opened.With(NpyWriter.Array("|u1", [2, 3, 4], three, fortran: true), checkpoint => Assert.Equal(
            Enumerable.Range(0, 24).Select(i => (double)((i / 12) + (2 * (i / 4 % 3)) + (6 * (i % 4)))), checkpoint.Tensors[0].Values()));
    }

    [Fact]
    public void Scalars_and_empty_arrays_are_read()
    {
        Opened.With(NpyWriter.Array([], 3), checkpoint => Assert.Equal([3], checkpoint.Tensors[0].Values()));
        Opened.With(NpyWriter.Array([2, 0]), checkpoint => Assert.Equal(0, checkpoint.Tensors[0].Count));
        Opened.With(NpyWriter.Array("<f4", [0, 2], [], fortran: true), checkpoint => Assert.Equal(0, checkpoint.Tensors[0].Count));
    }

    [Theory]
    [InlineData("{'shape': (1,), 'fortran_order': False, 'descr': '<f4'}")]
    [InlineData("  {\"descr\":\"<f4\",\"fortran_order\":True,\"shape\":(1,)}")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1L,), }")]
    public void Headers_of_other_writers_are_read(string header) => Opened.With(NpyWriter.Raw(header, new byte[4]), checkpoint => Assert.Equal([0], checkpoint.Tensors[0].Values()));

    [Theory]
    [InlineData("'|V2'", 2, "bfloat16")]
    [InlineData("'<c8'", 8, "complex")]
    [InlineData("'<f16'", 16, "16 bytes")]
    [InlineData("'|S3'", 3, "text")]
    [InlineData("'<U2'", 8, "text")]
    [InlineData("'<M8[ns]'", 8, "dates")]
    [InlineData("[('a', '<f4'), ('b', '<i4', (2,))]", 12, "fields")]
    public void What_is_no_plain_number_is_reported(string descr, int size, string said) =>
        Opened.With(NpyWriter.Raw($"{{'descr': {descr}, 'fortran_order': False, 'shape': (2,), }}", new byte[2 * size]), checkpoint =>
        {
            Assert.Empty(checkpoint.Tensors);
            Assert.Contains(said, Assert.Single(checkpoint.Unreadable).Reason, StringComparison.Ordinal);
        });

    [Theory]
    [InlineData("'|O'")]
    [InlineData("'|O8'")]
    [InlineData("[('a', '<f4'), ('b', '|O')]")]
    [InlineData("[('a', [('b', '|O', (2,))])]")]
    public void Python_objects_are_never_read(string descr) =>
        Untrusted.Refused(ArtifactCodes.Forbidden, NpyWriter.Raw($"{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}", "\u0080\u0004cos\nsystem\n(S'x'\ntR."u8.ToArray()));

    [Theory]
    [InlineData("", "WWG2010")]
    [InlineData("[]", "WWG2010")]
    [InlineData("{", "WWG2010")]
    [InlineData("{}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + 1", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'shape': (1,)}", "WWG2010")]
    [InlineData("{'fortran_order': False, 'shape': (1,)}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': [1]}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1.0,)}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-,)}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (__import__('os'),)}", "WWG2010")]
    [InlineData("{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (1,)}", "WWG2010")]
    [InlineData("{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}", "WWG2010")]
    [InlineData("{'descr': None, 'fortran_order': False, 'shape': (1,)}", "WWG2010")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "WWG2012")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)}", "WWG2012")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "WWG2012")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (3037000500, 3037000500)}", "WWG2012")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)}", "WWG2003")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387905,)}", "WWG2003")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "WWG2003")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", "WWG2010")]
    [InlineData("{'descr': '<f5', 'fortran_order': False, 'shape': (1,)}", "read")]
    [InlineData("{'descr': '<x4', 'fortran_order': False, 'shape': (1,)}", "WWG2013")]
    [InlineData("{'descr': 'f4', 'fortran_order': False, 'shape': (1,)}", "WWG2013")]
    [InlineData("{'descr': '<f', 'fortran_order': False, 'shape': (1,)}", "WWG2013")]
    [InlineData("{'descr': '<f-4', 'fortran_order': False, 'shape': (1,)}", "WWG2013")]
    [InlineData("{'descr': '<V99999999999', 'fortran_order': False, 'shape': (1,)}", "WWG2013")]
    public void Headers_that_break_the_rules_are_refused(string header, string code)
    {
        byte[] file = NpyWriter.Raw(header, new byte[code == "read" ? 5 : 4]);
        if (code == "read")
            Opened.With(file, checkpoint => Assert.Single(checkpoint.Unreadable));
        else
            Assert.Equal(code, Opened.Refused(file).Code.Id);
    }

    [Fact]
    public void Too_many_axes_and_too_deep_types_are_refused()
    {
        Untrusted.Refused(ArtifactCodes.LimitExceeded, NpyWriter.Raw($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Join(", ", Enumerable.Repeat("1", 65))})}}", new byte[4]));
        Untrusted.Refused(ArtifactCodes.LimitExceeded, NpyWriter.Raw($"{{'descr': {new string('[', 60000)}", []));
    }

    [Fact]
    public void Lengths_of_headers_are_checked()
    {
        Untrusted.Refused(ArtifactCodes.Truncated, NpyWriter.WithLength([.. "{'descr'"u8], 60000, []));
        Untrusted.Refused(ArtifactCodes.Truncated, NpyWriter.WithLength([.. "{'descr'"u8], 1u << 30, [], version: 2));
        Untrusted.Refused(ArtifactCodes.Truncated, NpyWriter.WithLength([.. "{'descr'"u8], uint.MaxValue, [], version: 3));
        Untrusted.Refused(ArtifactCodes.LimitExceeded, NpyWriter.WithLength(new byte[2 << 20], 2 << 20, [], version: 2));
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, NpyWriter.WithLength(new byte[60], 60, [], version: 4));
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, NpyWriter.WithLength(new byte[60], 60, [], version: 0));
        Untrusted.Refused(ArtifactCodes.UnsupportedKind, NpyWriter.WithLength(new byte[60], 60, [], version: 1, minor: 1));
        Untrusted.Refused(ArtifactCodes.Truncated, [0x93, .. "NUMPY"u8]);
    }

    [Fact]
    public void A_file_cut_anywhere_is_truncated_and_a_longer_one_is_malformed()
    {
        byte[] whole = NpyWriter.Array([2, 2], 1, 2, 3, 4);
        for (int length = 6; length < whole.Length; length++)
            Untrusted.Refused(ArtifactCodes.Truncated, whole[..length]);
        ArtifactException refusal = Untrusted.Refused(ArtifactCodes.Malformed, [.. whole, 0]);
        Assert.Equal("model", refusal.Tensor);
        Assert.Equal(whole.Length, refusal.Offset);
    }
}
