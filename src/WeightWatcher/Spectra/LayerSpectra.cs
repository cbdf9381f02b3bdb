using System.Collections.Immutable;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Spectra;

/// <summary>The spectra of one layer and of its randomized counterparts. Eigenvalues are of W^T W, ascending, slices pooled.</summary>
internal sealed record LayerSpectra
{
    /// <summary>Whether the spectra were computed; without <see cref="SpectrumOutcome.Converged"/> all arrays are empty.</summary>
    public required SpectrumOutcome Outcome { get; init; }

    /// <summary>The eigenvalues of all slices together.</summary>
    public double[] Eigenvalues { get; init; } = [];

    /// <summary>The singular values of each slice, ascending.</summary>
    public ImmutableArray<double[]> SingularValues { get; init; } = [];

    /// <summary>The randomized slices, in slice order; empty when nothing was permuted.</summary>
    public ImmutableArray<RandomizedSlice> Slices { get; init; } = [];

    /// <summary>The eigenvalues of each permuted replica, all slices together; empty when nothing was permuted.</summary>
    public ImmutableArray<double[]> Permuted { get; init; } = [];

    /// <summary>The precision of the products that <see cref="Permuted"/> comes from.</summary>
    public ProductPrecision PermutedPrecision { get; init; }

    /// <summary>The entries of all slices, where they were put in order of value together; else null.</summary>
    public EntrySample? Entries { get; init; }

    /// <summary>N and M of the first slice.</summary>
    public (int N, int M) SliceShape { get; init; }

    /// <summary>The eigenvalues of each Gaussian replica, all slices together; empty when none was drawn.</summary>
    public ImmutableArray<double[]> Gaussian { get; init; } = [];

    /// <summary>The spectrum with singular values in the place of eigenvalues, and their roots in the place of singular values, as the Python tool has it for products of layers.</summary>
    public LayerSpectra Rooted() => this with
    {
        Eigenvalues = [.. Eigenvalues.Select(Math.Sqrt)],
        SingularValues = [.. SingularValues.Select(s => s.Select(Math.Sqrt).ToArray())],
    };

    /// <summary>The spectrum of which only the largest eigenvalues are known; of one matrix, without randomized counterparts.</summary>
    public LayerSpectra Largest(int count) => this with
    {
        Eigenvalues = Eigenvalues[^Math.Min(count, Eigenvalues.Length)..],
        SingularValues = [.. SingularValues.Select(s => s[^Math.Min(count, s.Length)..])],
    };

    /// <summary>The spectra of the inverses: the reciprocals of all eigenvalues, which are infinite where an eigenvalue is zero. Singular values stay as they are.</summary>
    /// <param name="compatible">Whether only every second slice from the last one back is inverted, as the Python tool has it by mistake.</param>
    public LayerSpectra Inverted(bool compatible)
    {
        int slices = SingularValues.Length;
        bool Inverts(int slice) => !compatible || (slices - slice) % 2 == 1;
        return this with
        {
            Eigenvalues = [.. SingularValues.SelectMany((s, i) => s.Select(v => Inverts(i) ? 1 / (v * v) : v * v)).Order()],
            Permuted = [.. Permuted.Select((_, replica) => Slices.SelectMany((s, i) => s.Permuted[replica].Select(v => Inverts(i) ? 1 / v : v)).Order().ToArray())],
            Gaussian = [.. Gaussian.Select(replica => replica.Select(v => 1 / v).Order().ToArray())],
        };
    }
}
