using System.Runtime.InteropServices;
using System.Security.Cryptography;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Gguf;

/// <summary>Blocks of codes become the numbers that they stand for.</summary>
public class GgufBlockTests
{
    private const int Blocks = 8;

    /// <summary>
    /// The digests are the first 16 hexadecimal digits of the SHA-256 of the numbers as little-endian binary32, zeros made positive. The numbers come from a
    /// transcription of the block formulas of ggml's Python package (gguf/quants.py) to NumPy; for MXFP4's product, Q8_1 and Q8_K, of scale times code in binary32.
    /// </summary>
    [Theory]
    [InlineData(2, "Q4_0", 32, 18, new int[] { 1 }, "d813d89eba461042")]
    [InlineData(3, "Q4_1", 32, 20, new int[] { 1, 3 }, "99ef1ce2c14b0a81")]
    [InlineData(6, "Q5_0", 32, 22, new int[] { 1 }, "434989cd8abb85b0")]
    [InlineData(7, "Q5_1", 32, 24, new int[] { 1, 3 }, "48e20e19971710c9")]
    [InlineData(8, "Q8_0", 32, 34, new int[] { 1 }, "ef7f203cf8df8e4c")]
    [InlineData(9, "Q8_1", 32, 36, new int[] { 1, 3 }, "ddd8de11b76d2fc5")]
    [InlineData(10, "Q2_K", 256, 84, new int[] { 81, 83 }, "3edc68201a5e02a3")]
    [InlineData(11, "Q3_K", 256, 110, new int[] { 109 }, "f1ac637de6cf7ee1")]
    [InlineData(12, "Q4_K", 256, 144, new int[] { 1, 3 }, "c2ed40ecbf0f649c")]
    [InlineData(13, "Q5_K", 256, 176, new int[] { 1, 3 }, "ff435d83d6570518")]
    [InlineData(14, "Q6_K", 256, 210, new int[] { 209 }, "4ec47202b1445941")]
    [InlineData(15, "Q8_K", 256, 292, new int[] { 3 }, "1504b8d7fd1a8947")]
    [InlineData(20, "IQ4_NL", 32, 18, new int[] { 1 }, "d359e0fc7929f614")]
    [InlineData(23, "IQ4_XS", 256, 136, new int[] { 1 }, "9d4f9be1940343a1")]
    [InlineData(34, "TQ1_0", 256, 54, new int[] { 53 }, "460fc0d1e6e2143e")]
    [InlineData(35, "TQ2_0", 256, 66, new int[] { 65 }, "3668cc8c65fcde93")]
    [InlineData(39, "MXFP4", 32, 17, new int[] { }, "2eacb7d196e6ba64")]
    public void Every_block_type_reads_as_the_reference_decodes_it(int type, string name, int length, int size, int[] exponents, string digest) =>
        AssertDigest(type, name, length, size, exponents, digest, Blocks);

    /// <summary>
    /// As above, of 1,024 blocks, so that every point of a codebook occurs. The numbers come from ggml's own <c>dequantize_row_*</c> functions in C, compiled from its ggml-quants.c.
    /// </summary>
    [Theory]
    [InlineData(16, "IQ2_XXS", 256, 66, new int[] { 1 }, "57a97d65bc44a754")]
    [InlineData(17, "IQ2_XS", 256, 74, new int[] { 1 }, "d7f027dc045e9ad3")]
    [InlineData(18, "IQ3_XXS", 256, 98, new int[] { 1 }, "a2d843b2851a7789")]
    [InlineData(19, "IQ1_S", 256, 50, new int[] { 1 }, "805fcc05ed8015aa")]
    [InlineData(21, "IQ3_S", 256, 110, new int[] { 1 }, "94b78ea916c8384f")]
    [InlineData(22, "IQ2_S", 256, 82, new int[] { 1 }, "8b7ffc736f732ace")]
    [InlineData(29, "IQ1_M", 256, 56, new int[] { 55 }, "6655c3f15d927696")]
    [InlineData(40, "NVFP4", 64, 36, new int[] { }, "63195cb5c06dae02")]
    [InlineData(41, "Q1_0", 128, 18, new int[] { 1 }, "9bbcbb7b2d5c3483")]
    [InlineData(42, "Q2_0", 64, 18, new int[] { 1 }, "5abcf7c893436e15")]
    public void Every_code_reads_as_ggml_decodes_it(int type, string name, int length, int size, int[] exponents, string digest) =>
        AssertDigest(type, name, length, size, exponents, digest, 1024);

    private static void AssertDigest(int type, string name, int length, int size, int[] exponents, string digest, int blocks)
    {
        byte[] data = Codes(size, exponents, blocks);
        Opened.With(new GgufWriter().Add(new GgufItem("w", (uint)type, [(ulong)(length * 2), (ulong)blocks / 2], data)).ToArray(), checkpoint =>
        {
            Tensor tensor = Assert.Single(checkpoint.Tensors);
            Assert.Equal(name, tensor.ElementTypeName);
            Assert.Equal(ElementType.Other, tensor.ElementType);
            Assert.True(tensor.IsFloatingPoint);
            Assert.InRange(tensor.StoredEpsilon, Math.ScaleB(1, -8), 1);
            Assert.Equal([blocks / 2, length * 2L], tensor.Shape);
            double[] values = tensor.Values();
            float[] singles = [.. values.Select(v => (float)v + 0f)];
            Assert.Equal(digest, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(singles.AsSpan())))[..16]);

            Random random = new(type);
            for (int i = 0; i < 100; i++)
            {
                int start = random.Next(values.Length + 1);
                double[] part = new double[random.Next(values.Length - start + 1)];
                tensor.Read(start, part);
                Assert.Equal(values[start..(start + part.Length)], part);
            }
        });
    }

    [Fact]
    public void A_block_by_hand()
    {
        // d = 0.5, codes 0 (-8), 15 (7), then 8 (0).
        byte[] block = [0x00, 0x38, 0xf0, .. Enumerable.Repeat((byte)0x88, 15)];
        Opened.With(new GgufWriter().Add(new GgufItem("w", 2, [32], block)).ToArray(), checkpoint =>
        {
            double[] expected = new double[32];
            expected[0] = -4;
            expected[16] = 3.5;
            Assert.Equal(expected, checkpoint.Tensors[0].Values());
        });
    }

    [Theory]
    [InlineData("x.scale", 1, 0.75)]
    [InlineData("x.weight.scale", 1, 0.75)]
    [InlineData("x.scale", 2, 1)]
    [InlineData("y.scale", 1, 1)]
    public void A_scale_beside_the_codes_belongs_to_them(string name, int count, double factor)
    {
        byte[] block = [0x00, 0x38, 0xf0, .. Enumerable.Repeat((byte)0x88, 15)];
        float[] scales = [.. Enumerable.Repeat(0.75f, count)];
        Opened.With(new GgufWriter().Add(new GgufItem("x.weight", 2, [32], block)).Add(name, [(ulong)count], scales).ToArray(), checkpoint =>
        {
            double[] expected = new double[32];
            expected[0] = -4 * factor;
            expected[16] = 3.5 * factor;
            Assert.Equal(expected, checkpoint.Tensors[0].Values());
            Assert.Equal(scales.Select(v => (double)v), checkpoint.Tensors[1].Values());
        });
    }

    [Fact]
    public void Experts_have_a_scale_each()
    {
        byte[] block = [0x00, 0x38, 0xf0, .. Enumerable.Repeat((byte)0x88, 15)];
        Opened.With(new GgufWriter().Add(new GgufItem("x_exps.weight", 2, [32, 1, 2], [.. block, .. block])).Add("x_exps.scale", [2], [1, 2]).ToArray(), checkpoint =>
        {
            double[] values = checkpoint.Tensors[0].Values();
            Assert.Equal([-4, 3.5, -8, 7], [values[0], values[16], values[32], values[48]]);
        });
    }

    /// <summary>Bytes of a linear congruential generator, with the top exponent bit of the scales cleared so that they are finite.</summary>
    private static byte[] Codes(int size, int[] exponents, int blocks)
    {
        byte[] bytes = new byte[blocks * size];
        uint state = 12345;
        for (int i = 0; i < bytes.Length; i++)
        {
            state = unchecked((state * 1103515245) + 12345);
            bytes[i] = (byte)(state >> 16);
            if (exponents.Contains(i % size))
                bytes[i] &= 0xbf;
        }

        return bytes;
    }
}
