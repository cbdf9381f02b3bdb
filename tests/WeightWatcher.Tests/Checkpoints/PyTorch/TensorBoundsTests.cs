using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.PyTorch;

/// <summary>Tensors that reach out of their storage, and strange ones that do not.</summary>
public class TensorBoundsTests
{
    [Theory]
    [InlineData(new long[] { 12 }, new long[] { 1 }, 0)]
    [InlineData(new long[] { 3, 4 }, new long[] { 4, 1 }, 0)]
    [InlineData(new long[] { 4, 3 }, new long[] { 1, 4 }, 0)]
    [InlineData(new long[] { 2, 3, 2 }, new long[] { 1, 4, 2 }, 0)]
    [InlineData(new long[] { 5 }, new long[] { 2 }, 3)]
    [InlineData(new long[] { 3, 4 }, new long[] { 0, 1 }, 8)]
    [InlineData(new long[] { 3, 4 }, new long[] { 0, 0 }, 7)]
    [InlineData(new long[] { 4, 3 }, new long[] { 2, 1 }, 0)]
    [InlineData(new long[] { 1, 1, 1 }, new long[] { 99, 5000, 1 }, 11)]
    [InlineData(new long[] { }, new long[] { }, 5)]
    [InlineData(new long[] { 0 }, new long[] { 1 }, 12)]
    [InlineData(new long[] { 1L << 62, 1L << 62, 0 }, new long[] { 1, 1, 1 }, 0)]
    public void A_view_inside_its_storage_reads_in_logical_order(long[] shape, long[] strides, long offset) =>
        Untrusted.Read(TorchWriter.ZipTensor(offset, shape, strides), checkpoint =>
        {
            Tensor tensor = checkpoint.Tensor("w");
            Assert.Equal(shape.ToImmutableArray(), tensor.Shape);
            Assert.Equal(Indices(shape, strides, offset), tensor.Values());
        });

    [Theory]
    [InlineData(new long[] { 13 }, new long[] { 1 }, 0)]
    [InlineData(new long[] { 12 }, new long[] { 1 }, 1)]
    [InlineData(new long[] { }, new long[] { }, 12)]
    [InlineData(new long[] { }, new long[] { }, -1)]
    [InlineData(new long[] { 2 }, new long[] { long.MaxValue }, 0)]
    [InlineData(new long[] { 3 }, new long[] { long.MaxValue }, 2)]
    [InlineData(new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue }, 2)]
    [InlineData(new long[] { 2 }, new long[] { -1 }, 5)]
    [InlineData(new long[] { 1 }, new long[] { 1 }, long.MaxValue)]
    [InlineData(new long[] { 4, 4 }, new long[] { 3, 1 }, 0)]
    public void A_view_that_leaves_its_storage_is_out_of_bounds(long[] shape, long[] strides, long offset)
    {
        ArtifactException refusal = Untrusted.Refused(ArtifactCodes.TensorOutOfBounds, TorchWriter.ZipTensor(offset, shape, strides));
        Assert.Equal("w", refusal.Tensor);
    }

    [Theory]
    [InlineData(new long[] { -1 }, new long[] { 1 })]
    [InlineData(new long[] { 3, 4 }, new long[] { 4 })]
    [InlineData(new long[] { 3 }, new long[] { 4, 1 })]
    [InlineData(new long[] { 1L << 62, 1L << 62 }, new long[] { 0, 0 })]
    public void An_impossible_shape_is_refused(long[] shape, long[] strides) => Untrusted.Refused(ArtifactCodes.InvalidShape, TorchWriter.ZipTensor(0, shape, strides));

    [Fact]
    public void An_expansion_far_beyond_its_storage_is_refused()
    {
        Untrusted.Refused(ArtifactCodes.LimitExceeded, TorchWriter.ZipTensor(0, [1 << 20, 1 << 20], [0, 0]));
        Untrusted.Refused(ArtifactCodes.LimitExceeded, TorchWriter.ZipTensor(0, [1L << 40], [0]));
        Untrusted.Read(TorchWriter.ZipTensor(0, [1000, 12], [0, 1]), checkpoint => Assert.Equal(12_000, checkpoint.Tensor("w").Count));
    }

    [Fact]
    public void Too_many_dimensions_are_refused() =>
        Untrusted.Refused(ArtifactCodes.LimitExceeded, TorchWriter.ZipTensor(0, [.. Enumerable.Repeat(1L, 65)], [.. Enumerable.Repeat(1L, 65)]));

    [Theory]
    [InlineData(0x4000000000000001, "2012")]
    [InlineData(-1, "2012")]
    [InlineData(long.MaxValue, "2012")]
    [InlineData(13, "2011")]
    public void A_storage_length_that_its_bytes_do_not_bear_out_is_refused(long count, string code)
    {
        ArtifactException refusal = Untrusted.Refused(
            code == "2012" ? ArtifactCodes.InvalidShape : ArtifactCodes.TensorOutOfBounds, TorchWriter.ZipTensor(0, [3, 4], [4, 1], count));
        Assert.Contains("storage '0'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7", "2017")]
    [InlineData("../x", "2016")]
    [InlineData("..", "2016")]
    [InlineData("a\\b", "2016")]
    [InlineData("", "2016")]
    public void A_storage_that_is_not_in_the_archive_is_refused(string key, string code) =>
        Untrusted.Refused(code == "2017" ? ArtifactCodes.ReferencedFileMissing : ArtifactCodes.PathEscapes, TorchWriter.ZipTensor(0, [3, 4], [4, 1], key: key));

    [Theory]
    [InlineData("(X\u0007\0\0\0storagetQ")]
    [InlineData("(X\u0007\0\0\0storageNNNNtQ")]
    [InlineData("(X\u0007\0\0\0storagectorch\nFloatStorage\nNNK\u0001tQ")]
    [InlineData("(X\u0007\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\u00000NNtQ")]
    [InlineData("N")]
    public void A_malformed_storage_reference_is_refused(string reference) => Untrusted.Refused(
        ArtifactCodes.Malformed,
        TorchWriter.Zip(TorchWriter.Dictionary(("w", p => p.Tensor(s => s.Ascii(reference), 0, [3, 4], [4, 1])))));

    [Fact]
    public void Entries_set_in_a_tensor_are_refused()
    {
        byte[] pickle = TorchWriter.Dictionary(("w", p =>
        {
            TorchWriter.Full(p);
            p.Text("key").Ascii("Ns");
        }
        ));
        Untrusted.Refused(ArtifactCodes.Malformed, TorchWriter.Zip(pickle));
    }

    [Theory]
    [InlineData("_rebuild_sparse_tensor", "sparse")]
    [InlineData("_rebuild_meta_tensor_no_storage", "on the meta device: the file holds no elements")]
    [InlineData("_rebuild_nested_tensor", "nested: its rows have different lengths")]
    public void What_has_no_strided_elements_is_reported_with_its_reason(string call, string reason) =>
        Untrusted.Read(TorchWriter.Zip(TorchWriter.Dictionary(("w", p => p.Global("torch._utils", call).Ascii(")R")), ("v", TorchWriter.Full))), checkpoint =>
        {
            Assert.Equal(new UnreadableTensor("w", [], reason), Assert.Single(checkpoint.Unreadable));
            Assert.Equal("v", Assert.Single(checkpoint.Tensors).Name);
        });

    [Fact]
    public void Unknown_and_complex_element_types_are_reported()
    {
        Untrusted.Read(TorchWriter.ZipTensor(0, [3], [1], type: "FooStorage"), checkpoint =>
            Assert.Equal("on a storage of an unknown type", Assert.Single(checkpoint.Unreadable).Reason));
        Untrusted.Read(TorchWriter.ZipTensor(0, [3], [1], count: 6, type: "ComplexFloatStorage"), checkpoint =>
            Assert.Equal("elements of type complex64", Assert.Single(checkpoint.Unreadable).Reason));
        Untrusted.Read(TorchWriter.ZipTensor(0, [3], [1], type: "QUInt8Storage"), checkpoint => Assert.Single(checkpoint.Unreadable));
    }

    [Theory]
    [InlineData(new long[] { 3, 4 }, new long[] { 4_611_686_018_427_387_904, 1 }, "2011")]
    [InlineData(new long[] { 3, 4 }, new long[] { 5, 1 }, "2011")]
    [InlineData(new long[] { 3, 4 }, new long[] { -4, 1 }, "2011")]
    [InlineData(new long[] { 3 }, new long[] { 4, 1 }, "2012")]
    public void A_quantized_tensor_keeps_to_its_storage(long[] shape, long[] strides, string code)
    {
        byte[] pickle = TorchWriter.Dictionary(("w", p => p.Global("torch._utils", "_rebuild_qtensor").Ascii("(").Storage("0", 12, "QInt8Storage").Int(0).Ints(shape).Ints(strides)
            .Ascii("(").Global("torch", "per_tensor_affine").Double(0.5).Int(3).Ascii("t").Raw(0x89).Global("collections", "OrderedDict").Ascii(")RtR")));
        Untrusted.Refused(code == "2012" ? ArtifactCodes.InvalidShape : ArtifactCodes.TensorOutOfBounds, TorchWriter.Zip(pickle));
    }

    private static double[] Indices(long[] shape, long[] strides, long offset)
    {
        IEnumerable<long> indices = [offset];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            long length = Math.Min(shape[axis], 64);
            long stride = strides[axis];
            indices = shape.Contains(0) ? [] : [.. indices.SelectMany(at => Enumerable.Range(0, (int)length).Select(i => at + (i * stride)))];
        }

        return [.. indices.Select(i => (double)i)];
    }
}
