using System.Runtime.InteropServices;
using System.Text;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Writes .npy arrays, right or wrong.</summary>
internal static class NpyWriter
{
    /// <summary>An array of float32 in C order.</summary>
    public static byte[] Array(long[] shape, params float[] values) => Array("<f4", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    /// <summary>An array given as stored.</summary>
    public static byte[] Array(string descr, long[] shape, byte[] data, bool fortran = false, byte version = 1) =>
        Raw($"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {Tuple(shape)}, }}", data, version);

    /// <summary>A header as it stands, padded and with its true length, and data behind it.</summary>
    public static byte[] Raw(string header, byte[] data, byte version = 1)
    {
        int fixedBytes = version == 1 ? 10 : 12;
        byte[] text = Encoding.UTF8.GetBytes(header);
        int padding = 63 - ((fixedBytes + text.Length) % 64);
        return WithLength([.. text, .. Enumerable.Repeat((byte)' ', padding), (byte)'\n'], (uint)(text.Length + padding + 1), data, version);
    }

    /// <summary>A header with a length, true or not, and data behind it.</summary>
    public static byte[] WithLength(byte[] header, uint length, byte[] data, byte version = 1, byte minor = 0) =>
        [0x93, .. "NUMPY"u8, version, minor, .. BitConverter.GetBytes(length)[..(version == 1 ? 2 : 4)], .. header, .. data];

    private static string Tuple(long[] shape) => shape.Length == 1 ? $"({shape[0]},)" : $"({string.Join(", ", shape)})";
}
