namespace WeightWatcher.Checkpoints.Archives;

/// <summary>What the decompressors of the runtime throw when their input is no compressed data.</summary>
internal static class Decompression
{
    /// <summary>True for the faults of the data. Faults of the file under it come as coded exceptions and are not among them.</summary>
    /// <remarks>A stream that asks for a preset dictionary (RFC 1950, FDICT) is an <see cref="IOException"/>, everything else an <see cref="InvalidDataException"/>.</remarks>
    public static bool IsFault(Exception e) => e is InvalidDataException or IOException;
}
