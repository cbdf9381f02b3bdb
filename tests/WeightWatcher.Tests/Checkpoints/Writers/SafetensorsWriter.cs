using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>Writes safetensors files, well-formed ones and, through <see cref="Raw(string, byte[])"/>, any others.</summary>
internal static class SafetensorsWriter
{
    /// <summary>Writes F32 tensors one after the other in the given order.</summary>
    public static void Write(string path, params (string Name, long[] Shape, float[] Values)[] tensors) => File.WriteAllBytes(path, Bytes(tensors));

    /// <summary>The bytes of a file of F32 tensors.</summary>
    public static byte[] Bytes(params (string Name, long[] Shape, float[] Values)[] tensors) =>
        Bytes([.. tensors.Select(t => (t.Name, "F32", t.Shape, MemoryMarshal.AsBytes(t.Values.AsSpan()).ToArray()))]);

    /// <summary>The bytes of a file of tensors of any dtype, given as stored.</summary>
    public static byte[] Bytes(params (string Name, string Dtype, long[] Shape, byte[] Data)[] tensors)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
        {
            long position = 0;
            writer.WriteStartObject();
            foreach ((string name, string dtype, long[] shape, byte[] data) in tensors)
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", dtype);
                writer.WriteStartArray("shape");
                foreach (long axis in shape)
                    writer.WriteNumberValue(axis);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(position);
                writer.WriteNumberValue(position += data.Length);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        string header = Encoding.UTF8.GetString(json.ToArray());
        return Raw(header.PadRight((header.Length + 7) / 8 * 8), [.. tensors.SelectMany(t => t.Data)]);
    }

    /// <summary>A header as it stands, with its true length before it, and data behind it.</summary>
    public static byte[] Raw(string header, params byte[] data) => Raw(Encoding.UTF8.GetBytes(header), data);

    /// <summary>A header as it stands, with its true length before it, and data behind it.</summary>
    public static byte[] Raw(byte[] header, params byte[] data) => WithLength((ulong)header.Length, [.. header, .. data]);

    /// <summary>A header length, true or not, and what follows it.</summary>
    public static byte[] WithLength(ulong length, params byte[] rest)
    {
        byte[] bytes = new byte[8 + rest.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        rest.CopyTo(bytes, 8);
        return bytes;
    }
}
