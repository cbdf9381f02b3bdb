namespace WeightWatcher.Policies;

/// <summary>A comparison in which a change of the size that the rule guards against could not have been told from the metric's own error.</summary>
/// <param name="Subject">What is compared, as messages name it.</param>
/// <param name="Baseline">What it is compared with.</param>
/// <param name="Tolerance">The change that the rule allows.</param>
/// <param name="Detectable">The smallest change that would have counted, larger than the tolerance.</param>
internal readonly record struct BlindSpot(string Subject, double Baseline, double Tolerance, double Detectable);
