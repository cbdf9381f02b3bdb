using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Tests.Checkpoints.Writers;

/// <summary>A safetensors file under construction, with files beside it, in a folder of its own.</summary>
internal sealed class StateDict : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Name, string Dtype, long[] Shape, byte[] Data)> _tensors = [];

    public StateDict Add(string name, string dtype, long[] shape, byte[] data)
    {
        _tensors.Add((name, dtype, shape, data));
        return this;
    }

    public StateDict Floats(string name, long[] shape, params float[] values) => Add(name, "F32", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public StateDict Words(string name, long[] shape, params uint[] values) => Add(name, "I32", shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    public StateDict Bytes(string name, string dtype, long[] shape, params byte[] values) => Add(name, dtype, shape, values);

    /// <summary>Puts a text file beside the model.</summary>
    public StateDict Beside(string name, string text)
    {
        _folder.Write(name, Encoding.UTF8.GetBytes(text));
        return this;
    }

    /// <summary>Writes the file and returns its path.</summary>
    public string Write() => _folder.Write("model.safetensors", SafetensorsWriter.Bytes([.. _tensors]));

    public Checkpoint Open() => CheckpointReader.Open(Write(), TestContext.Current.CancellationToken);

    public ArtifactException Refused() => Assert.Throws<ArtifactException>(() => Open().Dispose());

    public void Dispose() => _folder.Dispose();

    /// <summary>Codes as a stream of bits in 32-bit words, the first code in the low bits.</summary>
    public static uint[] Stream(IEnumerable<int> codes, int bits)
    {
        bool[] stream = [.. codes.SelectMany(code => Enumerable.Range(0, bits).Select(bit => ((code >> bit) & 1) == 1))];
        uint[] words = new uint[(stream.Length + 31) / 32];
        for (int i = 0; i < stream.Length; i++)
            words[i / 32] |= stream[i] ? 1u << (i % 32) : 0;
        return words;
    }

    /// <summary>The low bytes of words.</summary>
    public static byte[] ToBytes(uint[] words) => [.. words.SelectMany(word => { byte[] four = new byte[4]; BinaryPrimitives.WriteUInt32LittleEndian(four, word); return four; })];
}
