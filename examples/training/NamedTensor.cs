using System.Buffers.Binary;

namespace Training;

/// <summary>A named array of 32-bit floats as the checkpoint files hold it: row by row, little-endian.</summary>
internal sealed record NamedTensor(string Name, int[] Shape, float[] Values)
{
    private const uint QuietNaN = 0x7FC00000;

    /// <summary>The tensors of a network, named as PyTorch names them: <c>fc1.weight</c>, <c>fc1.bias</c>, ...</summary>
    public static IReadOnlyList<NamedTensor> Of(Network network) =>
    [
        .. network.Layers.SelectMany(layer => new NamedTensor[]
        {
            new(layer.Name + ".weight", layer.WeightShape, layer.Weights),
            new(layer.Name + ".bias", [layer.Biases.Length], layer.Biases),
        }),
    ];

    /// <summary>The values' bytes. Processors differ in the NaN they make, so each NaN is written as the same one.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Values.Length * sizeof(float)];
        for (int i = 0; i < Values.Length; i++)
        {
            uint bits = float.IsNaN(Values[i]) ? QuietNaN : BitConverter.SingleToUInt32Bits(Values[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(float)), bits);
        }

        return bytes;
    }
}
