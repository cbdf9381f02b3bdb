using System.Collections.Immutable;
using WeightWatcher.Spectra;

namespace WeightWatcher.Caching;

/// <summary>The bytes of a sketched spectrum in a cached row.</summary>
internal static class SketchEntry
{
    /// <summary>Writes a sketch.</summary>
    public static void Write(BinaryWriter writer, SpectrumSketch sketch)
    {
        writer.Write(sketch.Count);
        writer.Write(sketch.LogLow);
        writer.Write(sketch.LogHigh);
        writer.Write(sketch.LinearHigh);
        Write(writer, sketch.Eigenvalues);
        Write(writer, sketch.Ranks);
        Write(writer, sketch.Logarithmic);
        Write(writer, sketch.Permuted);
        Write(writer, sketch.Linear);
    }

    /// <summary>Reads a sketch.</summary>
    public static SpectrumSketch Read(BinaryReader reader) => new()
    {
        Count = reader.ReadInt32(),
        LogLow = reader.ReadDouble(),
        LogHigh = reader.ReadDouble(),
        LinearHigh = reader.ReadDouble(),
        Eigenvalues = Singles(reader),
        Ranks = Integers(reader),
        Logarithmic = Integers(reader),
        Permuted = Singles(reader),
        Linear = Integers(reader),
    };

    private static void Write(BinaryWriter writer, ImmutableArray<float> values)
    {
        writer.Write(values.Length);
        foreach (float value in values)
            writer.Write(value);
    }

    private static void Write(BinaryWriter writer, ImmutableArray<int> values)
    {
        writer.Write(values.Length);
        foreach (int value in values)
            writer.Write(value);
    }

    private static ImmutableArray<float> Singles(BinaryReader reader) => [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadSingle())];

    private static ImmutableArray<int> Integers(BinaryReader reader) => [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt32())];
}
