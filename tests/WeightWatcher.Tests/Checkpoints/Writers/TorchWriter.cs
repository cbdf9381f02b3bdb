using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Puts pickles and storages into the containers of PyTorch.</summary>
internal static class TorchWriter
{
    /// <summary>The storage with key 0 that most tests use: 12 numbers, 0 to 11.</summary>
    public static byte[] Twelve { get; } = Singles(Enumerable.Range(0, 12).Select(i => (float)i));

    public static byte[] Singles(IEnumerable<float> values) => MemoryMarshal.AsBytes<float>(values.ToArray()).ToArray();

    /// <summary>A zip checkpoint with the storage of twelve numbers.</summary>
    public static byte[] Zip(byte[] pickle) => ZipItems(pickle).ToArray();

    public static ZipWriter ZipItems(byte[] pickle, byte[]? storage = null) =>
        new ZipWriter().Add("archive/data.pkl", pickle).Add("archive/data/0", storage ?? Twelve).Add("archive/version", "3\n"u8.ToArray());

    /// <summary>A zip checkpoint of one tensor named <c>w</c> on the storage of twelve numbers.</summary>
    public static byte[] ZipTensor(long offset, long[] shape, long[] strides, long count = 12, string type = "FloatStorage", string key = "0") =>
        Zip(Dictionary(("w", p => p.Tensor(s => s.Storage(key, count, type), offset, shape, strides))));

    /// <summary>A dictionary of values that are written by the given actions.</summary>
    public static byte[] Dictionary(params (string Key, Action<PickleWriter> Value)[] entries) => Entries(PickleWriter.Protocol(), entries).Stop().Bytes;

    /// <summary>A dictionary inside a pickle.</summary>
    public static PickleWriter Entries(this PickleWriter pickle, params (string Key, Action<PickleWriter> Value)[] entries)
    {
        pickle.Ascii("}(");
        foreach ((string key, Action<PickleWriter> value) in entries)
            value(pickle.Text(key));
        return pickle.Ascii("u");
    }

    /// <summary>A tensor of all twelve numbers.</summary>
    public static void Full(PickleWriter pickle) => pickle.Tensor(s => s.Storage("0", 12), 0, [3, 4], [4, 1]);

    /// <summary>A legacy file; the object's pickle must use legacy references.</summary>
    public static byte[] Legacy(byte[] pickle, params (string Key, long Count, byte[] Data)[] storages) => Legacy(pickle, littleEndian: true, storages);

    public static byte[] Legacy(byte[] pickle, bool littleEndian, params (string Key, long Count, byte[] Data)[] storages)
    {
        List<byte> file = [.. Head(littleEndian), .. pickle];
        PickleWriter keys = PickleWriter.Protocol().Ascii("](");
        foreach ((string key, _, _) in storages)
            keys.Text(key);
        file.AddRange(keys.Ascii("e").Stop().Bytes);
        foreach ((_, long count, byte[] data) in storages)
        {
            byte[] number = new byte[8];
            if (littleEndian)
                BinaryPrimitives.WriteInt64LittleEndian(number, count);
            else
                BinaryPrimitives.WriteInt64BigEndian(number, count);
            file.AddRange(number);
            file.AddRange(data);
        }

        return [.. file];
    }

    /// <summary>The magic number, the version and the machine.</summary>
    public static byte[] Head(bool littleEndian = true, int version = 1001) =>
    [
        .. PickleWriter.Protocol().Raw(0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19).Stop().Bytes,
        .. PickleWriter.Protocol().Int(version).Stop().Bytes,
        .. PickleWriter.Protocol().Ascii("}(").Text("protocol_version").Int(version).Text("little_endian").Raw((byte)(littleEndian ? 0x88 : 0x89)).Ascii("u").Stop().Bytes,
    ];
}
