using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints;

/// <summary>Elements read in single precision are those read in double precision, rounded, whichever way they take.</summary>
public class SinglePrecisionTests
{
    public static TheoryData<string, byte[]> Files => new()
    {
        { "safetensors f32", SafetensorsWriter.Bytes(("w", [37], [.. Enumerable.Range(0, 37).Select(i => (i * 0.37f) - 5)])) },
        { "safetensors f64", SafetensorsWriter.Bytes(("w", "F64", [21], [.. Enumerable.Range(0, 21).SelectMany(i => BitConverter.GetBytes((i * 0.1) + 1e-9))])) },
        { "safetensors bf16", SafetensorsWriter.Bytes(("w", "BF16", [19], [.. Enumerable.Range(1, 38).Select(i => (byte)i)])) },
        { "torch contiguous", TorchWriter.ZipTensor(2, [10], [1]) },
        { "torch matrix", TorchWriter.ZipTensor(0, [3, 4], [4, 1]) },
        { "torch transposed", TorchWriter.ZipTensor(0, [4, 3], [1, 4]) },
        { "torch expanded", TorchWriter.ZipTensor(1, [5, 3], [0, 1]) },
        { "torch one element", TorchWriter.ZipTensor(7, [1, 1], [1, 1]) },
        { "gguf blocks", new GgufWriter().Add(new GgufItem("w", 2, [32], [0, 0x3C, .. Enumerable.Range(0, 16).Select(i => (byte)(i * 13))])).ToArray() },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Singles_are_rounded_doubles(string file, byte[] bytes) => Opened.With(bytes, checkpoint =>
    {
        Assert.NotEmpty(file);
        Tensor tensor = Assert.Single(checkpoint.Tensors);
        float[] expected = [.. tensor.Values().Select(v => (float)v)];
        for (int start = 0; start <= expected.Length; start += 3)
        {
            float[] part = new float[Math.Min(expected.Length - start, 11)];
            tensor.ReadSingles(start, part);
            Assert.Equal(expected.AsSpan(start, part.Length).ToArray(), part);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.ReadSingles(1, new float[expected.Length]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.ReadSingles(-1, new float[1]));
    });
}
