using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace WeightWatcher.Engine;

/// <summary>Writes a model of given shapes as safetensors, always the same bytes.</summary>
internal static class GeneratedModel
{
    private const int LearnedDirections = 12;

    /// <summary>Writes the file.</summary>
    /// <param name="shapes">The model.</param>
    /// <param name="path">Where; an existing file is replaced.</param>
    public static void Write(ModelShapes shapes, string path)
    {
        Dictionary<string, object> header = [];
        long offset = 0;
        foreach ((string name, int[] shape) in shapes.Tensors)
        {
            long end = offset + (shape.Aggregate(1L, (a, b) => a * b) * sizeof(float));
            header.Add(name, new { dtype = "F32", shape, data_offsets = new[] { offset, end } });
            offset = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        using FileStream stream = File.Create(path);
        stream.Write(length);
        stream.Write(json);
        int seed = 0;
        foreach ((_, int[] shape) in shapes.Tensors)
        {
            seed++;
            int rows = shape[0], columns = shape[1], kernel = shape[2..].Aggregate(1, (a, b) => a * b);
            float[] entries = shapes.Entries == EntryKind.HeavyTailed ? HeavyTailed(rows * columns * kernel, seed) : Trained(rows, columns, kernel, seed);
            stream.Write(MemoryMarshal.AsBytes(entries.AsSpan()));
        }
    }

    private static float[] HeavyTailed(int count, int seed)
    {
        Random random = new(seed);
        float[] entries = new float[count];
        foreach (ref float entry in entries.AsSpan())
        {
            double a = Normal(random), b = Normal(random), c = Normal(random);
            entry = (float)(0.02 * Normal(random) / Math.Sqrt(((a * a) + (b * b) + (c * c)) / 3));
        }

        return entries;
    }

    /// <summary>rows x columns x kernel; each kernel position is a matrix of its own, with its own directions.</summary>
    private static float[] Trained(int rows, int columns, int kernel, int seed)
    {
        Random random = new(seed);
        double sigma = Math.Sqrt(2.0 / (columns * kernel));
        float[] entries = new float[rows * columns * kernel];
        foreach (ref float entry in entries.AsSpan())
            entry = (float)(sigma * Normal(random));
        for (int position = 0; position < kernel; position++)
        {
            for (int k = 1; k <= LearnedDirections; k++)
            {
                // From four times the size at which a direction leaves the bulk of the spectrum down.
                double strength = 4 * sigma * Math.Sqrt(Math.Sqrt((double)rows * columns)) * Math.Pow(k, -0.8) / Math.Sqrt((double)rows * columns);
                double[] left = [.. Enumerable.Range(0, rows).Select(_ => strength * Normal(random))], right = [.. Enumerable.Range(0, columns).Select(_ => Normal(random))];
                for (int i = 0; i < rows; i++)
                {
                    for (int j = 0; j < columns; j++)
                        entries[(((i * columns) + j) * kernel) + position] += (float)(left[i] * right[j]);
                }
            }
        }

        return entries;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
