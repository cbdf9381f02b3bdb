namespace OnnxRuntimeChecks;

/// <summary>What ships with the models.</summary>
public static class Library;
