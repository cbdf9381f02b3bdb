using System.Diagnostics;
using WeightWatcher;
using WeightWatcher.Assertions;

namespace Xunit;

/// <summary>
/// Assertions on trained model artifacts. A relative path is looked up in the test's output folder
/// (<see cref="AppContext.BaseDirectory"/>), then in the current directory. A policy is the path of a YAML file or the name of a built-in
/// policy, <c>well-trained</c> or <c>no-regression</c>; the names win over files of the same name.
/// </summary>
/// <remarks>
/// One artifact is analysed once per process for each policy and baseline, until one of the files changes in length or modification time.
/// </remarks>
public static class ModelAssert
{
    /// <summary>Verifies that a model keeps the built-in policy <c>well-trained</c>, or the given one.</summary>
    /// <param name="path">The artifact: a file of any readable format.</param>
    /// <param name="policy">A policy file or the name of a built-in policy; null for <c>well-trained</c>.</param>
    /// <exception cref="ModelQualityException">
    /// The model breaks the policy, or cannot be judged: the artifact, the policy or the policy's baseline is missing or malformed.
    /// </exception>
    [StackTraceHidden]
    public static void WellTrained(string path, string? policy = null) =>
        ModelCheck.Run(path, policy ?? BuiltInPolicy.WellTrained, baseline: null).ThrowIfFailed();

    /// <summary>Verifies that a model keeps a policy.</summary>
    /// <param name="path">The artifact: a file of any readable format.</param>
    /// <param name="policy">A policy file or the name of a built-in policy.</param>
    /// <exception cref="ModelQualityException">The model breaks the policy, or cannot be judged.</exception>
    [StackTraceHidden]
    public static void MeetsPolicy(string path, string policy)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(policy);
        ModelCheck.Run(path, policy, baseline: null).ThrowIfFailed();
    }

    /// <summary>Verifies that a model is not worse than a baseline by the built-in policy <c>no-regression</c>, or the given one.</summary>
    /// <param name="path">The artifact: a file of any readable format.</param>
    /// <param name="baseline">
    /// The model to compare with, looked up like <paramref name="path"/>, a baseline file (<c>*.wwbaseline.json</c>), or <c>git:revision:path</c>; it wins over the policy's own baseline.
    /// With the variable <c>WEIGHTWATCHER_UPDATE_BASELINE</c> set to 1 a baseline file is brought up to the model.
    /// </param>
    /// <param name="policy">A policy file or the name of a built-in policy; null for <c>no-regression</c>.</param>
    /// <exception cref="ModelQualityException">
    /// The model is worse than the policy allows, or cannot be judged: artifact, baseline or policy is missing or malformed.
    /// </exception>
    [StackTraceHidden]
    public static void NotRegressed(string path, string baseline, string? policy = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(baseline);
        ModelCheck.Run(path, policy ?? BuiltInPolicy.NoRegression, baseline).ThrowIfFailed();
    }

    /// <summary>
    /// Verifies that one layer of a model keeps the rules per layer of the built-in policy <c>well-trained</c>, or of the given one. Made
    /// for <see cref="ModelLayersAttribute"/>: rules on the whole model, and what <c>runtime</c> asks of it, are left to <see cref="WellTrained(string, string?)"/>.
    /// </summary>
    /// <param name="path">The artifact: a file of any readable format.</param>
    /// <param name="layer">The layer's full name as the report has it; case matters.</param>
    /// <param name="policy">A policy file or the name of a built-in policy; null for <c>well-trained</c>.</param>
    /// <exception cref="ModelQualityException">
    /// The layer breaks a rule, is not among the analysed layers, a rule per layer judges no layer at all, or the model cannot be judged.
    /// </exception>
    [StackTraceHidden]
    public static void LayerMeetsPolicy(string path, string layer, string? policy = null)
    {
        // A layer may have any name, the empty one as well.
        ArgumentNullException.ThrowIfNull(layer);
        ModelCheck.RunOnLayer(path, layer, policy ?? BuiltInPolicy.WellTrained).ThrowIfFailed();
    }
}
