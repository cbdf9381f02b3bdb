namespace WeightWatcher.Assertions;

/// <summary>The names of the policies that the assertions ask for when the caller names none.</summary>
internal static class BuiltInPolicy
{
    public const string WellTrained = "well-trained";

    public const string NoRegression = "no-regression";
}
