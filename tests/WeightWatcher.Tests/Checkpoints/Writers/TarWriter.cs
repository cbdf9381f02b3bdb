using System.Globalization;
using System.Text;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Writes ustar archives, right or wrong.</summary>
internal sealed class TarWriter
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes, .. new byte[1024]];

    public TarWriter Add(string name, byte[] data, char type = '0', long? length = null, bool breakChecksum = false)
    {
        byte[] header = new byte[512];
        Encoding.Latin1.GetBytes(name, header);
        Put(header, 100, "0000644");
        Put(header, 108, "0000000");
        Put(header, 116, "0000000");
        Put(header, 124, Convert.ToString(length ?? data.Length, 8).PadLeft(11, '0'));
        Put(header, 136, "00000000000");
        header[156] = (byte)type;
        Put(header, 257, "ustar\0" + "00");
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = header.Sum(b => b) + (breakChecksum ? 1 : 0);
        Put(header, 148, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0");
        _bytes.AddRange(header);
        _bytes.AddRange(data);
        _bytes.AddRange(new byte[(512 - (data.Length % 512)) % 512]);
        return this;
    }

    /// <summary>An extended header with one record.</summary>
    public TarWriter AddExtended(string key, string value)
    {
        string record = $" {key}={value}\n";
        int length = record.Length + 2;
        return Add("PaxHeader", Encoding.Latin1.GetBytes(length.ToString(CultureInfo.InvariantCulture) + record), 'x');
    }

    /// <summary>The pickle of a number, as the members of torch's tar archives count with.</summary>
    public static byte[] Integer(long value) => PickleWriter.Protocol().Int(value).Stop().Bytes;

    /// <summary>The head of a storage in the member <c>storages</c>; its elements follow.</summary>
    public static byte[] Storage(long key, long count, string type = "FloatStorage") =>
        [.. PickleWriter.Protocol().Ascii("(").Int(key).Text("cpu").Global("torch", type).Ascii("t").Stop().Bytes, .. BitConverter.GetBytes(count)];

    /// <summary>A tensor in the member <c>tensors</c>.</summary>
    public static byte[] Tensor(long key, long storage, long offset, long[] shape, long[] strides) =>
    [
        .. PickleWriter.Protocol().Ascii("(").Int(key).Int(storage).Global("torch", "FloatTensor").Ascii("t").Stop().Bytes,
        .. BitConverter.GetBytes((long)shape.Length), .. shape.SelectMany(BitConverter.GetBytes), .. strides.SelectMany(BitConverter.GetBytes), .. BitConverter.GetBytes(offset),
    ];

    private static void Put(byte[] header, int at, string text) => Encoding.Latin1.GetBytes(text, header.AsSpan(at));
}
