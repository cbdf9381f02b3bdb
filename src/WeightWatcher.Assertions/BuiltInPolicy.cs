namespace WeightWatcher.Assertions;

/// <summary>The names under which the policies of the core are asked for.</summary>
internal static class BuiltInPolicy
{
    public const string WellTrained = "well-trained";

    public const string NoRegression = "no-regression";

    /// <summary>The built-in policy of this name, or null when it is the path of a file.</summary>
    public static Policy? Find(string name) => name switch
    {
        WellTrained => Policy.WellTrained,
        NoRegression => Policy.NoRegression,
        _ => null,
    };
}
