using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Codes;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Keras;

/// <summary>What Keras writes: names, optimizer state, the meaning of the axes, and the archive of Keras 3.</summary>
public sealed class KerasFileTests
{
    [Fact]
    public void A_whole_model_gives_names_without_the_group_and_the_output_number_and_marks_its_optimizer()
    {
        Hdf5Writer file = new();
        ulong dense = file.Group(("dense", file.Group(("kernel:0", file.Floats([2, 3], new float[6])), ("bias:0", file.Floats([3], new float[3])))));
        ulong optimizer = file.Group(("Adam", file.Group(("m:0", file.Floats([2, 3], new float[6])))));
        Opened.With(file.ToArray(file.Group(("model_weights", file.Group(("dense", dense))), ("optimizer_weights", optimizer))), checkpoint =>
        {
            Assert.Equal("keras-h5", checkpoint.Format);
            Assert.Equal(["dense/dense/bias", "dense/dense/kernel", "optimizer_weights/Adam/m"], checkpoint.Tensors.Select(t => t.Name));
            Assert.Equal([false, false, true], checkpoint.Tensors.Select(t => t.IsOptimizerState));
        });
    }

    [Fact]
    public void A_file_of_weights_is_told_by_the_attributes_of_its_root()
    {
        Hdf5Writer file = new();
        ulong dense = file.Group(("kernel:0", file.Floats([2, 3], new float[6])));
        byte[] bytes = file.ToArray(file.Group([(Hdf5Writer.Attribute, Hdf5Writer.NamedAttribute("layer_names"))], ("dense", dense)));
        Opened.With(bytes, checkpoint =>
        {
            Assert.Equal("keras-h5", checkpoint.Format);
            Assert.Equal("dense/kernel", Assert.Single(checkpoint.Tensors).Name);
        });
    }

    [Theory]
    [InlineData("kernel:0", 2, TensorLayout.Unspecified)]
    [InlineData("kernel:0", 3, TensorLayout.KernelInOut)]
    [InlineData("kernel:0", 4, TensorLayout.KernelInOut)]
    [InlineData("depthwise_kernel:0", 4, TensorLayout.KernelInOut)]
    [InlineData("pointwise_kernel:0", 4, TensorLayout.KernelInOut)]
    [InlineData("kernel:0", 5, TensorLayout.KernelInOut)]
    [InlineData("embeddings:0", 2, TensorLayout.Embedding)]
    [InlineData("gamma:0", 4, TensorLayout.Unspecified)]
    public void Kernels_and_embeddings_carry_their_layout(string name, int rank, TensorLayout layout)
    {
        Hdf5Writer file = new();
        ulong set = file.Floats([.. Enumerable.Repeat(1UL, rank)], 1);
        Opened.With(file.ToArray(file.Group(("model_weights", file.Group((name, set))))), checkpoint => Assert.Equal(layout, Assert.Single(checkpoint.Tensors).Layout));
    }

    [Theory]
    [InlineData("query", "kernel:0", "bias:0", 2UL, new long[] { 4, 6 })]
    [InlineData("value", "kernel:0", null, 0UL, new long[] { 4, 6 })]
    [InlineData("attention_output", "kernel:0", "bias:0", 1UL, new long[] { 8, 3 })]
    [InlineData("einsum_dense_1", "kernel:0", "bias:0", 2UL, new long[] { 4, 6 })]
    [InlineData("einsum_dense", "kernel:0", "bias:0", 1UL, new long[] { 8, 3 })]
    [InlineData("query", "kernel:0", "bias:0", 1UL, new long[] { 4, 2, 3 })]
    [InlineData("conv1d", "kernel:0", "bias:0", 1UL, new long[] { 4, 2, 3 })]
    public void Kernels_of_attention_are_matrices_of_inputs_and_outputs(string layer, string kernel, string? bias, ulong biasAxes, long[] shape)
    {
        Hdf5Writer file = new();
        float[] values = [.. Enumerable.Range(0, 24).Select(i => (float)i)];
        List<(string, ulong)> sets = [(kernel, file.Floats([4, 2, 3], values))];
        if (bias is not null)
            sets.Insert(0, (bias, biasAxes == 2 ? file.Floats([2, 3], new float[6]) : file.Floats([3], new float[3])));
        Opened.With(file.ToArray(file.Group(("model_weights", file.Group((layer, file.Group([.. sets])))))), checkpoint =>
        {
            Tensor tensor = checkpoint.Tensor($"{layer}/kernel");
            Assert.Equal(shape, tensor.Shape);
            Assert.Equal(values.Select(v => (double)v), tensor.Values());
            Assert.Equal(shape.Length == 2 ? TensorLayout.Unspecified : TensorLayout.KernelInOut, tensor.Layout);
        });
    }

    [Theory]
    [InlineData("query", 2, "kernel:0", "bias:0", new long[] { 6 })]
    [InlineData("my_projection", 2, "kernel:0", "bias:0", new long[] { 6 })]
    [InlineData("query_dense", 2, "0", "1", new long[] { 6 })]
    [InlineData("einsum_dense_3", 2, "0", "1", new long[] { 6 })]
    [InlineData("attention_output", 1, "kernel:0", "bias:0", new long[] { 3 })]
    [InlineData("lstm_cell", 2, "0", "1", new long[] { 2, 3 })]
    [InlineData("query_dense", 2, "0", "2", new long[] { 2, 3 })]
    public void Biases_of_attention_are_vectors(string layer, int axes, string kernel, string bias, long[] shape)
    {
        Hdf5Writer file = new();
        bool isNumbered = kernel == "0";
        float[] values = [.. Enumerable.Range(1, axes == 2 ? 6 : 3).Select(i => (float)i)];
        ulong variables = file.Group((kernel, file.Floats([4, 2, 3], new float[24])), (bias, axes == 2 ? file.Floats([2, 3], values) : file.Floats([3], values)));
        ulong group = isNumbered ? file.Group(("vars", variables)) : variables;
        byte[] weights = file.ToArray(file.Group((isNumbered ? "layers" : "model_weights", file.Group((layer, group)))));
        foreach (byte[] bytes in (byte[][])[weights, Archive(weights, deflate: true)])
        {
            Opened.With(bytes, checkpoint =>
            {
                Tensor tensor = checkpoint.Tensor(isNumbered ? $"layers/{layer}/vars/{bias}" : $"{layer}/bias");
                Assert.Equal(shape, tensor.Shape);
                Assert.Equal(values.Select(v => (double)v), tensor.Values());
            });
        }
    }

    [Fact]
    public void A_variable_beside_an_attention_kernel_is_a_bias_only_with_the_kernels_last_axes()
    {
        Hdf5Writer file = new();
        ulong variables = file.Group(("0", file.Floats([4, 2, 3], new float[24])), ("1", file.Floats([4, 3], new float[12])));
        Opened.With(file.ToArray(file.Group(("layers", file.Group(("query_dense", file.Group(("vars", variables))))))), checkpoint =>
            Assert.Equal([4, 3], checkpoint.Tensor("layers/query_dense/vars/1").Shape));
    }

    [Fact]
    public void A_kernel_whose_axes_only_the_configuration_knows_is_skipped_and_counted()
    {
        Hdf5Writer file = new();
        ulong set = file.Floats([4, 2, 3], new float[24]);
        Opened.With(file.ToArray(file.Group(("model_weights", file.Group(("einsum_dense", file.Group(("kernel:0", set))))))), checkpoint =>
            Assert.Equal(24, Assert.Single(checkpoint.Unreadable).Parameters));
    }

    [Fact]
    public void Two_datasets_that_get_one_name_are_refused()
    {
        Hdf5Writer file = new();
        ulong group = file.Group(("kernel:0", file.Floats([2], 1, 2)), ("kernel", file.Floats([2], 1, 2)));
        ArtifactException refusal = Opened.Refused(file.ToArray(file.Group(("model_weights", group))));
        Assert.Equal((ArtifactCodes.DuplicateTensor, "kernel"), (refusal.Code, refusal.Tensor));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_archive_of_Keras_3_gives_the_variables_of_its_layers(bool deflate) => Opened.With(Archive(deflate), checkpoint =>
    {
        Assert.Equal("keras", checkpoint.Format);
        Assert.Equal(["layers/conv2d/vars/0", "layers/conv2d/vars/1", "optimizer/vars/0"], checkpoint.Tensors.Select(t => t.Name));
        Assert.Equal([false, false, true], checkpoint.Tensors.Select(t => t.IsOptimizerState));
        Assert.Equal([TensorLayout.KernelInOut, TensorLayout.Unspecified, TensorLayout.Unspecified], checkpoint.Tensors.Select(t => t.Layout));
        Assert.Equal([1.0, 2.0, 3.0, 4.0], checkpoint.Tensor("layers/conv2d/vars/0").Values());
    });

    [Theory]
    [InlineData("model.weights.h5")]
    [InlineData("config.json")]
    public void An_archive_without_one_of_its_files_is_refused(string missing)
    {
        ZipWriter zip = new();
        foreach (string name in (string[])["metadata.json", "config.json", "model.weights.h5"])
        {
            if (name != missing)
                zip.Add(name, Weights());
        }

        ArtifactException refusal = Opened.Refused(zip.ToArray());
        Assert.Equal((ArtifactCodes.Malformed, "keras"), (refusal.Code, refusal.Format));
        Assert.Contains($"has no {missing}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_with_two_files_of_weights_or_one_that_climbs_is_refused()
    {
        Assert.Equal(ArtifactCodes.Malformed, Opened.Refused(new ZipWriter().Add("model.weights.h5", Weights()).Add("config.json", [1]).Add("model.weights.h5", Weights()).ToArray()).Code);
        Assert.Equal(ArtifactCodes.PathEscapes, Opened.Refused(new ZipWriter().Add("model.weights.h5", Weights()).Add("config.json", [1]).Add("../evil.py", [1]).ToArray()).Code);
    }

    [Fact]
    public void A_fault_inside_an_archive_is_placed_in_the_archive()
    {
        byte[] weights = Weights();
        weights[8] = 9;
        byte[] bytes = new ZipWriter().Add("config.json", [1]).Add("model.weights.h5", weights).ToArray();
        ArtifactException refusal = Opened.Refused(bytes);
        Assert.Equal(ArtifactCodes.UnsupportedKind, refusal.Code);
        Assert.Equal(9, bytes[(int)refusal.Offset! - 1]);
    }

    internal static byte[] Archive(bool deflate) => Archive(Weights(), deflate);

    internal static byte[] Archive(byte[] weights, bool deflate) =>
        new ZipWriter().Add("metadata.json", "{}"u8.ToArray()).Add("config.json", "{}"u8.ToArray()).Add(new ZipItem("model.weights.h5", weights) { Deflate = deflate }).ToArray();

    private static byte[] Weights()
    {
        Hdf5Writer file = new();
        ulong conv = file.Group(("vars", file.Group(("0", file.Floats([1, 1, 2, 2], 1, 2, 3, 4)), ("1", file.Floats([2], 5, 6)))));
        ulong optimizer = file.Group(("vars", file.Group(("0", file.Floats([], 7)))));
        return file.ToArray(file.Group(("layers", file.Group(("conv2d", conv))), ("optimizer", optimizer)));
    }
}
