using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Training;

/// <summary>
/// Writes safetensors (the format section of huggingface/safetensors' README): the header's length in eight bytes, a JSON header padded with
/// spaces to a multiple of eight, then the tensors' bytes without gaps.
/// </summary>
internal static class SafetensorsFile
{
    public static byte[] Write(IReadOnlyList<NamedTensor> tensors, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach ((string key, string value) in metadata)
                json.WriteString(key, value);
            json.WriteEndObject();

            int start = 0;
            foreach (NamedTensor tensor in tensors)
            {
                int end = start + (tensor.Values.Length * sizeof(float));
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", "F32");
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [start, end]);
                json.WriteEndObject();
                start = end;
            }

            json.WriteEndObject();
        }

        header.Write(Encoding.ASCII.GetBytes(new string(' ', (int)(-header.Length & 7))));

        using MemoryStream file = new();
        byte[] length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        header.WriteTo(file);
        foreach (NamedTensor tensor in tensors)
            file.Write(tensor.ToBytes());
        return file.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, int[] numbers)
    {
        json.WriteStartArray(key);
        foreach (int number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
