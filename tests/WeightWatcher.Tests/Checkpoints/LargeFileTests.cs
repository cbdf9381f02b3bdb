using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints;

/// <summary>Files larger than memory are described without their data being read. They are sparse: they take no room on disk.</summary>
public class LargeFileTests
{
    private const long Elements = 800_000_000;
    private const long DescriptionBytes = 2 << 20;

    [Fact]
    public void A_safetensors_file_beyond_two_gigabytes_is_described_from_its_header()
    {
        string header = $"{{\"w\":{{\"dtype\":\"F32\",\"shape\":[{Elements}],\"data_offsets\":[0,{4 * Elements}]}}}}";
        Describes(SafetensorsWriter.Raw(header), []);
    }

    [Fact]
    public void An_onnx_file_beyond_two_gigabytes_is_described_without_its_raw_data()
    {
        ProtobufWriter tensor = OnnxWriter.Header("w", OnnxWriter.Float, Elements).Key(9, 2).RawVarint(4 * Elements);
        long tensorLength = tensor.ToArray().Length + (4 * Elements);
        ProtobufWriter graph = new ProtobufWriter().Key(5, 2).RawVarint((ulong)tensorLength).Raw(tensor.ToArray());
        long graphLength = graph.ToArray().Length + (4 * Elements);
        byte[] start = new ProtobufWriter().Varint(1, 8).String(2, "tests").Key(7, 2).RawVarint((ulong)graphLength).Raw(graph.ToArray()).ToArray();
        byte[] end = new ProtobufWriter().Message(8, new ProtobufWriter().Varint(2, 17)).ToArray();
        Describes(start, end);
    }

    private static void Describes(byte[] start, byte[] end)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS(), "the file would not be sparse");
        using TemporaryFolder folder = new();
        string path = folder.Write("large.bin", start);
        using (FileStream stream = new(path, FileMode.Open))
        {
            stream.SetLength(start.Length + (4 * Elements));
            stream.Position = stream.Length - 4;
            stream.Write(BitConverter.GetBytes(1.5f));
            stream.Write(end);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < DescriptionBytes);
        Tensor tensor = Assert.Single(checkpoint.Tensors);
        Assert.Equal(Elements, tensor.Count);
        double[] last = new double[2];
        tensor.Read(Elements - 2, last);
        Assert.Equal([0, 1.5], last);
    }
}
