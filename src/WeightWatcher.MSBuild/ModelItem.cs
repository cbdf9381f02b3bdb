namespace WeightWatcher.MSBuild;

/// <summary>One artifact that is to be judged.</summary>
internal sealed record ModelItem
{
    /// <summary>The full path of the file or folder.</summary>
    public required string Path { get; init; }

    /// <summary>Its policy: a full path, the name of a built-in policy, or null for the project's.</summary>
    public string? Policy { get; init; }

    /// <summary>The full path of its baseline, which ends with a slash when the project's did, or <c>git:revision:path</c>; or null.</summary>
    public string? Baseline { get; init; }

    /// <summary>The full path of the model that it was trained from, or null.</summary>
    public string? BaseModel { get; init; }

    /// <summary>What its reports are called when another artifact has the same file name; or null.</summary>
    public string? Name { get; init; }
}
