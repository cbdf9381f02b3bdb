namespace WeightWatcher.Tests.Hostile;

/// <summary>A well-formed input from which damaged ones are made.</summary>
/// <param name="Name">What it holds, fit for a file name.</param>
/// <param name="Bytes">The input.</param>
internal sealed record Seed(string Name, byte[] Bytes);
