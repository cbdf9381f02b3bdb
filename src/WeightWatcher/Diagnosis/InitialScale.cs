using System.Collections.Immutable;
using System.Globalization;

namespace WeightWatcher.Diagnosis;

/// <summary>A variance that a usual initialisation gives the weights of a tensor.</summary>
/// <param name="Name">The rule that gives it, for example <c>he</c>.</param>
/// <param name="Variance">The variance of one weight.</param>
internal readonly record struct InitialScale(string Name, double Variance)
{
    /// <summary>The fixed standard deviations that frameworks and model code use whatever the shape.</summary>
    private static readonly ImmutableArray<double> Fixed = [1, 0.05, 0.02, 0.01];

    /// <summary>
    /// The variances 2 / fan (He et al. 2015, equation 10), 1 / fan (LeCun et al. 1998, equation 16), 2 / (fan_in + fan_out) (Glorot and Bengio 2010, equation 16),
    /// the last also with gain sqrt 2; each fan taken for the inputs and for the outputs, since a format may store the transpose.
    /// </summary>
    /// <param name="fan">Inputs times the kernel's positions.</param>
    /// <param name="other">Outputs times the kernel's positions.</param>
    public static ImmutableArray<InitialScale> Fans(double fan, double other)
    {
        ImmutableArray<InitialScale>.Builder scales = ImmutableArray.CreateBuilder<InitialScale>();
        scales.Add(new("glorot", 2 / (fan + other)));
        foreach (double f in fan == other ? [fan] : (ReadOnlySpan<double>)[fan, other])
        {
            scales.Add(new("he", 2 / f));
            scales.Add(new("lecun", 1 / f));
        }

        scales.Add(new("glorot (gain sqrt 2)", 4 / (fan + other)));
        return scales.ToImmutable();
    }

    /// <summary>What normal initialisations use: <see cref="Fans"/>, and fixed standard deviations.</summary>
    public static ImmutableArray<InitialScale> Normal(double fan, double other) => [.. Fans(fan, other), .. Fixed.Select(sigma => new InitialScale(Spelled(sigma), sigma * sigma))];

    /// <summary>
    /// What normal initialisations that are cut at two standard deviations use: the variance after the cut as in Keras, which widens the normal for it; and fixed
    /// standard deviations before the cut.
    /// </summary>
    /// <param name="fan">As for <see cref="Fans"/>.</param>
    /// <param name="other">As for <see cref="Fans"/>.</param>
    /// <param name="shareAfterCut">The variance after the cut over the one before.</param>
    public static ImmutableArray<InitialScale> Truncated(double fan, double other, double shareAfterCut) =>
        [.. Fans(fan, other), .. Fixed.Select(sigma => new InitialScale(Spelled(sigma), sigma * sigma * shareAfterCut))];

    /// <summary>What uniform initialisations use: <see cref="Fans"/>, PyTorch's default bound 1 / sqrt(fan), and Keras's fixed bound 0.05.</summary>
    public static ImmutableArray<InitialScale> Uniform(double fan, double other)
    {
        ImmutableArray<InitialScale> scales = [.. Fans(fan, other), new("1/sqrt(fan)", 1 / (3 * fan)), new("1/sqrt(fan)", 1 / (3 * other)), new("0.05", 0.05 * 0.05 / 3), new("1", 1.0 / 3)];
        return scales;
    }

    private static string Spelled(double sigma) => sigma.ToString(CultureInfo.InvariantCulture);
}
