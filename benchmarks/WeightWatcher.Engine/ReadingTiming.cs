using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Engine;

/// <summary>
/// How fast tensors are read, beside a plain sequential read of the same bytes from the page cache: each into one block of 1 MB that is used again, which stays in the processor's cache, and each
/// into memory for a whole tensor, which does not. The file is made on the spot: f32 tensors of 16 million
/// elements (64 MB), in safetensors or in PyTorch's zip.
/// </summary>
internal static class ReadingTiming
{
    private const int TensorElements = 16 << 20;
    private const int BlockBytes = 1 << 20;

    /// <summary>Runs the command.</summary>
    public static string Run(Arguments arguments)
    {
        string format = arguments.Text(0);
        long megabytes = arguments.Option("--megabytes", 1024);
        int tensors = (int)Math.Max(1, (megabytes << 20) / (4L * TensorElements));
        string path = Path.Combine(arguments.Option("--folder", Path.GetTempPath()), $"weightwatcher-reading.{format}");
        int seconds = arguments.Option("--seconds", 8);
        try
        {
            Write(path, format, tensors);
            long bytes = new FileInfo(path).Length;
            float[] singles = new float[TensorElements];
            double[] doubles = new double[TensorElements];
            byte[] block = new byte[BlockBytes];
            double inBlocks = Measured.Times(seconds, () => Plain(path, block))[0];
            double inMemory = Measured.Times(seconds, () => Plain(path, MemoryMarshal.AsBytes(singles.AsSpan())))[0];
            int perBlock = BlockBytes / sizeof(float);
            double singlesInBlocks = Measured.Times(seconds, () => Tensors(path, tensor =>
            {
                for (long start = 0; start < tensor.Count; start += perBlock)
                    tensor.ReadSingles(start, MemoryMarshal.Cast<byte, float>(block.AsSpan())[..(int)Math.Min(perBlock, tensor.Count - start)]);
            }))[0];
            double asSingles = Measured.Times(seconds, () => Tensors(path, tensor => tensor.ReadSingles(0, singles.AsSpan(0, (int)tensor.Count))))[0];
            double asDoubles = Measured.Times(seconds, () => Tensors(path, tensor => tensor.Read(0, doubles.AsSpan(0, (int)tensor.Count))))[0];
            long allocated = Allocated(path, singles);
            return JsonSerializer.Serialize(new Dictionary<string, object>
            {
                ["format"] = format,
                ["bytes"] = bytes,
                ["plain_blocks_gb_s"] = Rate(bytes, inBlocks),
                ["plain_memory_gb_s"] = Rate(bytes, inMemory),
                ["singles_in_blocks_gb_s"] = Rate(bytes, singlesInBlocks),
                ["singles_in_memory_gb_s"] = Rate(bytes, asSingles),
                ["share_in_blocks"] = Math.Round(inBlocks / singlesInBlocks, 3),
                ["share_in_memory"] = Math.Round(inMemory / asSingles, 3),
                ["doubles_gb_s"] = Rate(bytes, asDoubles),
                ["largest_tensor_mb"] = TensorElements * sizeof(float) / 1e6,
                ["allocated_beside_it_mb"] = Math.Round(allocated / 1e6, 2),
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>All bytes, one piece of memory after the other, as a program reads that does nothing with them.</summary>
    private static void Plain(string path, Span<byte> memory)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        while (file.Read(memory) > 0)
        {
        }
    }

    private static void Tensors(string path, Action<Tensor> read)
    {
        using Checkpoint checkpoint = CheckpointReader.Open(path);
        foreach (Tensor tensor in checkpoint.Tensors)
            read(tensor);
    }

    /// <summary>What reading allocates in all beside the memory that receives the elements; the peak is not above it.</summary>
    private static long Allocated(string path, float[] singles)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Tensors(path, tensor => tensor.ReadSingles(0, singles.AsSpan(0, (int)tensor.Count)));
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static double Rate(long bytes, double milliseconds) => Math.Round(bytes / milliseconds / 1e6, 2);

    private static void Write(string path, string format, int tensors)
    {
        byte[] data = new byte[TensorElements * 4];
        Random random = new(1);
        for (int i = 0; i < data.Length; i += 4)
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i), random.NextSingle() - 0.5f);
        using FileStream file = new(path, FileMode.Create, FileAccess.Write);
        if (format == "safetensors")
        {
            string header = "{" + string.Join(',', Enumerable.Range(0, tensors).Select(i =>
                FormattableString.Invariant($"\"t{i}\":{{\"dtype\":\"F32\",\"shape\":[4096,4096],\"data_offsets\":[{(long)i * data.Length},{(i + 1L) * data.Length}]}}"))) + "}";
            file.Write(BitConverter.GetBytes((ulong)header.Length));
            file.Write(Encoding.UTF8.GetBytes(header));
            for (int i = 0; i < tensors; i++)
                file.Write(data);
        }
        else if (format == "pt")
        {
            using ZipArchive zip = new(file, ZipArchiveMode.Create);
            using (Stream pickle = zip.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open())
                pickle.Write(Pickle(tensors));
            for (int i = 0; i < tensors; i++)
            {
                using Stream entry = zip.CreateEntry($"archive/data/{i}", CompressionLevel.NoCompression).Open();
                entry.Write(data);
            }
        }
        else
            throw new FormatException($"there is no file of the format '{format}'; there are safetensors and pt");
    }

    /// <summary>A dictionary of tensors, as <c>torch.save</c> writes it.</summary>
    private static byte[] Pickle(int tensors)
    {
        List<byte> bytes = [0x80, 2, .. "}("u8];
        for (int i = 0; i < tensors; i++)
        {
            bytes.AddRange([.. Text($"t{i}"), .. "ctorch._utils\n_rebuild_tensor_v2\n(("u8, .. Text("storage"), .. "ctorch\nFloatStorage\n"u8, .. Text($"{i}"), .. Text("cpu"), .. Number(TensorElements), .. "tQ"u8]);
            bytes.AddRange([.. Number(0), .. "("u8, .. Number(4096), .. Number(4096), .. "t("u8, .. Number(4096), .. Number(1), (byte)'t', 0x89, .. "ccollections\nOrderedDict\n)RtR"u8]);
        }

        return [.. bytes, .. "u."u8];
    }

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number(int value) => [(byte)'J', .. BitConverter.GetBytes(value)];
}
