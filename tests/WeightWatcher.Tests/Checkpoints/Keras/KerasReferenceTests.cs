using System.Text.Json;
using WeightWatcher.Checkpoints;
using WeightWatcher.LinearAlgebra;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Keras;

/// <summary>Real files that Keras wrote.</summary>
public sealed class KerasReferenceTests
{
    [Theory]
    [InlineData("dtln/model.h5")]
    [InlineData("fer2013-mini-xception/fer2013_mini_XCEPTION.00-0.47.hdf5")]
    [InlineData("fer2013-mini-xception/fer2013_mini_XCEPTION.107-0.66.hdf5")]
    [InlineData("fer2013-mini-xception/fer2013_mini_XCEPTION.29-0.62.hdf5")]
    [InlineData("keras-mnist/mnist_model.h5")]
    [InlineData("mlperf-tiny/ad01.h5")]
    public void All_expected_layers_are_tensors_of_the_expected_shapes(string model)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Reference.Require("expected", model.Replace("/", "__", StringComparison.Ordinal) + ".json")));
        using Checkpoint checkpoint = Open(model);
        Assert.Equal("keras-h5", checkpoint.Format);
        Assert.Empty(checkpoint.Unreadable);
        foreach (JsonElement layer in expected.RootElement.GetProperty("layers").EnumerateArray())
        {
            Tensor tensor = checkpoint.Tensor(layer.GetProperty("name").GetString()!);
            long[] shape = [.. layer.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt64())];
            Assert.Equal(shape.Order(), tensor.Shape.Order());
            Assert.Equal(shape.Length == 4 ? TensorLayout.KernelInOut : TensorLayout.Unspecified, tensor.Layout);
            Assert.All(tensor.Values(), value => Assert.True(double.IsFinite(value)));
        }
    }

    [Fact]
    public void An_archive_of_Keras_3_is_read()
    {
        using Checkpoint checkpoint = Open("keras-mnist/mnist_model.keras");
        Assert.Equal("keras", checkpoint.Format);
        Assert.Empty(checkpoint.Unreadable);
        Assert.Equal([3, 3, 32, 64], checkpoint.Tensor("layers/conv2d_1/vars/0").Shape);
        Assert.Equal([1600, 10], checkpoint.Tensor("layers/dense/vars/0").Shape);
        Assert.All(checkpoint.Tensors, tensor => Assert.Equal(tensor.Name.StartsWith("optimizer/", StringComparison.Ordinal), tensor.IsOptimizerState));
    }

    [Fact]
    public void A_Keras_model_and_its_ONNX_exports_have_the_same_singular_values()
    {
        using Checkpoint keras = Open("dtln/model.h5");
        using Checkpoint first = Open("dtln/model_1.onnx");
        using Checkpoint second = Open("dtln/model_2.onnx");

        // The gates of the LSTMs are in another order, so that a matrix is known by its values in order of size.
        Dictionary<string, Tensor> exported = [];
        foreach (Tensor tensor in first.Tensors.Concat(second.Tensors).Where(t => t.IsFloatingPoint && t.Count > 1000))
            exported.TryAdd(Key(tensor), tensor);
        Tensor[] kernels = [.. keras.Tensors.Where(t => t.Shape.Length == 2)];
        Assert.Equal(10, kernels.Length);
        foreach (Tensor kernel in kernels)
        {
            Tensor other = exported[Key(kernel)];
            (double[] expected, double[] actual) = (Spectrum(kernel), Spectrum(other));
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-12 * expected[^1], $"{kernel.Name}[{i}]: {expected[i]} and {actual[i]}");
        }
    }

    private static string Key(Tensor tensor) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData([.. tensor.Values().Order().SelectMany(BitConverter.GetBytes)]));

    private static double[] Spectrum(Tensor tensor)
    {
        int rows = (int)tensor.Shape[^2], columns = (int)tensor.Shape[^1];
        double[] values = new double[Math.Min(rows, columns)];
        Assert.Equal(SpectrumOutcome.Converged, SingularValues.Compute(tensor.Values(), rows, columns, values, SpectrumPath.Automatic, TestContext.Current.CancellationToken));
        return values;
    }

    private static Checkpoint Open(string model) => CheckpointReader.Open(Reference.Require(["models", .. model.Split('/')]), TestContext.Current.CancellationToken);
}
