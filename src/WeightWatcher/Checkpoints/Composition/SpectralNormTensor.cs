using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// A spectrally normalised weight: W / (u' W v) with the stored vectors of the power iteration (https://arxiv.org/abs/1802.05957, algorithm 1), the rows of W being its first axis.
/// </summary>
internal sealed class SpectralNormTensor : Tensor
{
    private const int BlockLength = 1 << 16;

    private readonly Tensor _weight;
    private readonly Tensor _left;
    private readonly Tensor _right;
    private double? _sigma;

    /// <summary>Describes a weight.</summary>
    /// <param name="name">Its full name.</param>
    /// <param name="weight">W as the optimizer sees it.</param>
    /// <param name="left">u, one element for each index of the first axis.</param>
    /// <param name="right">v, one element for each position of the other axes.</param>
    [SetsRequiredMembers]
    public SpectralNormTensor(string name, Tensor weight, Tensor left, Tensor right)
    {
        Name = name;
        Shape = weight.Shape;
        Count = weight.Count;
        ElementType = weight.ElementType;
        ElementTypeName = weight.ElementTypeName;
        Layout = weight.Layout;
        IsOptimizerState = weight.IsOptimizerState;
        _weight = weight;
        _left = left;
        _right = right;
    }

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <inheritdoc/>
    public override double StoredEpsilon => _weight.StoredEpsilon;

    /// <inheritdoc/>
    public override void Read(long start, Span<double> destination)
    {
        _weight.Read(start, destination);
        double sigma = _sigma ??= Sigma();
        for (int i = 0; i < destination.Length; i++)
            destination[i] /= sigma;
    }

    private double Sigma()
    {
        double[] left = new double[(int)_left.Count];
        double[] right = new double[(int)_right.Count];
        _left.Read(0, left);
        _right.Read(0, right);
        double[] block = new double[(int)Math.Min(BlockLength, Count)];
        double sigma = 0;
        for (long start = 0; start < Count; start += block.Length)
        {
            Span<double> part = block.AsSpan(0, (int)Math.Min(block.Length, Count - start));
            _weight.Read(start, part);
            for (int i = 0; i < part.Length; i++)
                sigma += left[(start + i) / right.Length] * part[i] * right[(start + i) % right.Length];
        }

        return sigma;
    }
}
