using System.Collections.Immutable;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Layers;

/// <summary>A weight tensor as one or more matrices of N rows and M columns.</summary>
internal sealed record Layer
{
    /// <summary>The number in reports, from 1.</summary>
    public required int Id { get; init; }

    /// <summary>The name in reports: the tensor's without a trailing <c>.weight</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of layer.</summary>
    public required LayerType Type { get; init; }

    /// <summary>The weights.</summary>
    public required Tensor Tensor { get; init; }

    /// <summary>The larger dimension of each matrix. Compatible semantics may report it below <see cref="M"/>, as the Python tool does.</summary>
    public required int N { get; init; }

    /// <summary>The smaller dimension of each matrix.</summary>
    public required int M { get; init; }

    /// <summary>The matrices in row-major kernel order, each with <c>Rows >= Columns</c>; one for a dense layer.</summary>
    public required ImmutableArray<MatrixSlice> Slices { get; init; }

    /// <summary>The position of the only slice when slices are rows of their own, else null.</summary>
    public int? SliceId { get; init; }

    /// <summary>How many slices the tensor has, pooled or not.</summary>
    public required int KernelSize { get; init; }

    /// <summary>The batch normalisation that is folded into the weights, or null.</summary>
    public FoldedNorm? Norm { get; init; }

    /// <summary>How many of the largest eigenvalues are looked at, or null for all.</summary>
    public int? MostEigenvalues { get; init; }

    /// <summary>The number of eigenvalues: of all slices together.</summary>
    public int NumEvals => Slices.Sum(s => s.Columns);

    /// <summary>The number of weights.</summary>
    public long Parameters => Slices.Sum(s => (long)s.Rows * s.Columns);

    /// <summary>An estimate of the floating-point work of one spectrum: N M^2 summed over the slices.</summary>
    public double Work => Slices.Sum(s => (double)s.Rows * s.Columns * s.Columns);
}
