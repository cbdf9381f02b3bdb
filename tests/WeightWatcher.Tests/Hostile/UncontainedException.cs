namespace WeightWatcher.Tests.Hostile;

/// <summary>A reader ended with a result or a refusal, and broke one of its other promises.</summary>
internal sealed class UncontainedException(string message) : Exception(message);
