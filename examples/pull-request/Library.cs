namespace PullRequest;

/// <summary>What would have shipped with the model.</summary>
public static class Library;
