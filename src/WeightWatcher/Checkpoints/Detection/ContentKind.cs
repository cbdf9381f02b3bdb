using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Detection;

/// <summary>What a file that no reader takes really is, told from its content.</summary>
/// <param name="Code">The code of the refusal.</param>
/// <param name="Sentence">What it is, and what to do where that is known; fit for a message.</param>
internal sealed record ContentKind(DiagnosticCode Code, string Sentence);
