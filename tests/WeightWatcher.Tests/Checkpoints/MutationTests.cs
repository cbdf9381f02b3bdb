using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints;

/// <summary>Damaged files end in a coded refusal or in tensors that can be read, with nothing else coming out and little memory used.</summary>
public class MutationTests
{
    private const int Mutations = 4000;
    private const long AllocationLimit = 16 << 20;

    /// <summary>Well-formed files of about a kilobyte, to be damaged.</summary>
    public static TheoryData<string> Seeds => ["safetensors", "onnx", "onnx typed", "onnx nested", "onnx external", "onnx quantized"];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Damaged_files_are_refused_or_read(string seed)
    {
        byte[] good = Make(seed);
        using TemporaryFolder folder = new();
        string path = folder.Write("model.bin", good);
        using (Checkpoint whole = CheckpointReader.Open(folder.Write("whole.bin", good), TestContext.Current.CancellationToken))
            Assert.NotEmpty(whole.Tensors);
        folder.Write("side.bin", new byte[16]);
        Random random = new(20);
        double[] values = new double[4096];
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = Mutate(good, random);
            File.WriteAllBytes(path, bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
                foreach (Tensor tensor in checkpoint.Tensors)
                    tensor.Read(0, values.AsSpan(0, (int)Math.Min(tensor.Count, values.Length)));
            }
            catch (ArtifactException e)
            {
                Assert.StartsWith("WWG2", e.Code.Id, StringComparison.Ordinal);
            }
            catch (Exception e)
            {
                Assert.Fail($"mutation {i} of {seed} ({Convert.ToHexString(bytes)}) gave {e}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before <= AllocationLimit, $"mutation {i} of {seed} allocated more than {AllocationLimit} bytes");
        }
    }

    private static byte[] Make(string seed) => seed switch
    {
        "safetensors" => SafetensorsWriter.Bytes(("encoder.weight", [4, 8], new float[32]), ("encoder.bias", [4], new float[4]), ("scale", [], [1])),
        "onnx" => OnnxWriter.Bytes(("encoder.weight", [4, 8], new float[32]), ("encoder.bias", [4], new float[4]), ("scale", [], [1])),
        "onnx typed" => OnnxWriter.Model(new OnnxGraph()
            .Initializer(OnnxWriter.Header("half", OnnxWriter.Float16, 4).PackedVarints(5, [1, 300, 70_000, -1]))
            .Initializer(OnnxWriter.Header("float", OnnxWriter.Float, 4).Bytes(4, new byte[16]))
            .Initializer(OnnxWriter.Header("long", OnnxWriter.Int64, 2).PackedVarints(7, [1, long.MinValue]))
            .Initializer(OnnxWriter.Tensor("int4", 22, [5], [1, 2, 3]))
            .Node("Constant", [], ["f"], OnnxWriter.FloatsAttribute("value_floats", 1, 2))),
        "onnx nested" => OnnxWriter.Model(new OnnxGraph()
            .Node("If", "i", ["c"], ["y"], OnnxWriter.GraphAttribute("then_branch", new OnnxGraph().Constant("w", [2, 2], new float[4]).Node("Conv", ["x", "w"], ["y"])))
            .Node("Loop", [], ["y"], OnnxWriter.GraphAttribute("body", new OnnxGraph().Initializer("v", [3], new float[3])))
            .Node("Gather", ["t", "i"], ["z"], OnnxWriter.IntAttribute("axis", 0))
            .Initializer("t", [2, 3], new float[6])),
        "onnx external" => OnnxWriter.Model(new OnnxGraph()
            .Initializer("w", [1], [1])
            .Initializer(OnnxWriter.External("x", OnnxWriter.Float, [0], ("location", "whole.bin"), ("offset", "0"), ("length", "0")))),
        "onnx quantized" => OnnxWriter.Model(new OnnxGraph()
            .Initializer(OnnxWriter.Tensor("w", OnnxWriter.Int8, [2, 3], [1, 2, 3, 4, 5, 6]))
            .Initializer("s", [2], [1, 2])
            .Initializer(OnnxWriter.Tensor("z", OnnxWriter.Int8, [2], [1, 2]))
            .Node("DequantizeLinear", ["w", "s", "z"], ["f"], OnnxWriter.IntAttribute("axis", 0))),
        _ => throw new ArgumentOutOfRangeException(nameof(seed)),
    };

    /// <summary>One to four changes: a byte, a run of bytes, a number at its limit, something cut out or doubled.</summary>
    private static byte[] Mutate(byte[] good, Random random)
    {
        List<byte> bytes = [.. good];
        for (int changes = random.Next(1, 5); changes > 0 && bytes.Count > 1; changes--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    for (int i = 0; i < length; i++)
                        bytes[at + i] = random.Next(2) == 0 ? (byte)0xff : (byte)0x80;
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes[at] = (byte)"0123456789\"{}[]:,-.\\"[random.Next(20)];
                    break;
            }
        }

        return [.. bytes];
    }
}
