using WeightWatcher.Codes;

namespace WeightWatcher;

/// <summary>One thing that is wrong with a policy file.</summary>
/// <param name="Code">A <c>WWG3xxx</c> entry.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Message">One sentence that says what was found and what was expected, without path, position and code.</param>
public sealed record PolicyFault(DiagnosticCode Code, int Line, int Column, string Message);
