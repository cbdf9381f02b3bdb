namespace BrokenModel;

/// <summary>What would have shipped with the models.</summary>
public static class Library;
