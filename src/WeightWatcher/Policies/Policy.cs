namespace WeightWatcher;

/// <summary>A set of rules that a model must keep, read from YAML.</summary>
public sealed class Policy
{
    private Policy()
    {
    }

    /// <summary>The built-in policy <c>well-trained</c>: what any trained model should keep, without a baseline.</summary>
    public static Policy WellTrained { get; } = new();

    /// <summary>The built-in policy <c>no-regression</c>: the model must not be worse than its baseline.</summary>
    public static Policy NoRegression { get; } = new();

    /// <summary>The file name of the policy, or the name of the built-in one.</summary>
    public string Name { get; init; } = "well-trained";

    /// <summary>The full path of the policy's file, or null for a built-in one.</summary>
    public string? FilePath { get; init; }

    /// <summary>How the policy wants models analysed.</summary>
    public AnalysisOptions Analysis { get; init; } = AnalysisOptions.Default;

    /// <summary>The full path of the policy's own baseline, or null.</summary>
    public string? BaselinePath { get; init; }

    /// <summary>Reads a policy file.</summary>
    public static Policy Load(string path) => throw new InvalidOperationException("not wired yet: " + path);

    /// <summary>Judges a report.</summary>
    /// <param name="report">The candidate, analysed with <see cref="Analysis"/>.</param>
    /// <param name="baseline">The baseline, analysed with the same options, or null.</param>
    public Verdict Judge(ModelReport report, ModelReport? baseline = null) => throw new InvalidOperationException("not wired yet: " + Name + report + baseline);
}
