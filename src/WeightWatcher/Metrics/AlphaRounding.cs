using WeightWatcher.Fitting;
using WeightWatcher.Layers;
using WeightWatcher.Spectra;

namespace WeightWatcher.Metrics;

/// <summary>
/// How far rounding the weights to half precision, or to 8 bits with one scale for the tensor, moves alpha: what it does not survive is no property of the model.
/// </summary>
/// <remarks>
/// Nothing is decomposed again. Rounding adds independent errors E of variance s^2 to the entries; to first order a singular value moves by u'Ev, which is normal with standard deviation
/// s, independent for each, and its square grows by s^2 (N - 1), the part of E that is orthogonal to u (Stewart and Sun, Matrix Perturbation Theory, 1990, chapter IV.4). The tail
/// is then fitted as ever: what moves alpha is mostly that another start of the tail fits best.
/// </remarks>
internal static class AlphaRounding
{
    /// <summary>How many roundings to 8 bits are drawn; the largest change counts.</summary>
    private const int Draws = 3;

    /// <summary>The largest relative rounding error of half precision; such errors are uniform below it.</summary>
    private const double HalfError = 1.0 / 2048;

    /// <summary>The steps from zero to the largest magnitude of 8 bits with a sign.</summary>
    private const double Steps = 127;

    /// <summary>The largest change of alpha; not applicable where a rounded spectrum has no tail that could be fitted.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="spectra">Its spectrum.</param>
    /// <param name="largest">The largest magnitude of its weights.</param>
    /// <param name="alpha">Its alpha.</param>
    /// <param name="fit">Fits the tail of ascending eigenvalues.</param>
    /// <param name="seed">The user's seed.</param>
    public static Outcome<double> Of(Layer layer, LayerSpectra spectra, double largest, Outcome<double> alpha, Func<double[], Outcome<double>> fit, ulong seed) =>
        alpha.Then(known =>
        {
            double count = (double)layer.N * layer.M * spectra.SingularValues.Length;
            double half = Math.Sqrt(NormMetrics.Norm(spectra.Eigenvalues) / count) * HalfError / Math.Sqrt(3), eight = largest / Steps / Math.Sqrt(12), change = 0;
            for (int draw = 0; draw <= Draws; draw++)
            {
                Outcome<double> moved = fit(Rounded(layer, spectra, draw == 0 ? half : eight, seed, draw));
                if (!moved.IsSuccess)
                    return Outcome.NotApplicable<double>($"rounded, {moved.Reason}");
                change = Math.Max(change, Math.Abs(moved.Value - known));
            }

            return Outcome.Finite(change, "the change");
        });

    private static double[] Rounded(Layer layer, LayerSpectra spectra, double error, ulong seed, int draw)
    {
        double[] eigenvalues = new double[spectra.Eigenvalues.Length];
        int at = 0;
        for (int slice = 0; slice < spectra.SingularValues.Length; slice++)
        {
            RandomSource random = new(seed, RandomPurpose.Rounding, layer.N, layer.M, slice, draw);
            foreach (double value in spectra.SingularValues[slice])
            {
                double moved = value + (error * random.NextNormal());
                eigenvalues[at++] = (moved * moved) + (error * error * (layer.N - 1));
            }
        }

        Array.Sort(eigenvalues);
        return eigenvalues;
    }
}
