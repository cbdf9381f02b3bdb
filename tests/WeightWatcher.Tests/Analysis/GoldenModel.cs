using System.Text.Json;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Analysis;

/// <summary>The matrices of the golden values: a 64-bit linear congruential generator, uniform or heavy-tailed entries, in single precision.</summary>
internal static class GoldenModel
{
    public static readonly (string Name, long[] Shape, ulong Seed, bool Heavy)[] Layers =
    [
        ("dense_u", [64, 40], 1, false),
        ("dense_h", [40, 64], 2, true),
        ("square_u", [48, 48], 3, false),
        ("conv33_u", [16, 12, 3, 3], 4, false),
        ("conv22_swap", [12, 16, 2, 2], 5, false),
        ("conv55_tiny", [2, 3, 5, 5], 6, false),
        ("dw55", [32, 1, 5, 5], 7, false),
        ("tall_h", [300, 30], 8, true),
    ];

    public static JsonElement Golden() => JsonDocument.Parse(File.ReadAllText(Reference.Require("golden.json"))).RootElement;

    public static void WriteSafetensors(string path, ulong offset = 0) =>
        SafetensorsWriter.Write(path, [.. Layers.Select(l => ($"{l.Name}.weight", l.Shape, Values(l.Shape.Aggregate(1L, (a, b) => a * b), l.Seed + offset, l.Heavy)))]);

    public static float[] Values(long count, ulong seed, bool heavy)
    {
        float[] values = new float[count];
        ulong x = seed;
        for (int i = 0; i < values.Length; i++)
        {
            x = unchecked((x * 6364136223846793005UL) + 1442695040888963407UL);
            double u = (x >> 11) * (1.0 / (1UL << 53));
            double t = (2 * u) - 1;
            values[i] = (float)(heavy ? t / (1.0001 - (t * t)) : u - 0.5);
        }

        return values;
    }
}
