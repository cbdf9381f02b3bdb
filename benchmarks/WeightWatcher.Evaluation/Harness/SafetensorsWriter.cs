using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>Writes tensors as a safetensors file.</summary>
internal static class SafetensorsWriter
{
    public static void Write(string path, ModelTensors model, bool half)
    {
        int size = half ? 2 : 4;
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartObject();
            long start = 0;
            foreach (ModelTensor tensor in model.Tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", half ? "F16" : "F32");
                json.WriteStartArray("shape");
                foreach (long length in tensor.Shape)
                    json.WriteNumberValue(length);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(start);
                json.WriteNumberValue(start += (long)tensor.Values.Length * size);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        header.Write(Encoding.ASCII.GetBytes(new string(' ', (int)(-header.Length & 7))));
        using FileStream file = File.Create(path);
        byte[] number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, header.Length);
        file.Write(number);
        header.WriteTo(file);
        foreach (ModelTensor tensor in model.Tensors)
        {
            byte[] bytes = new byte[tensor.Values.Length * size];
            for (int i = 0; i < tensor.Values.Length; i++)
            {
                if (half)
                    BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(i * size), (Half)tensor.Values[i]);
                else
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * size), tensor.Values[i]);
            }

            file.Write(bytes);
        }
    }
}
