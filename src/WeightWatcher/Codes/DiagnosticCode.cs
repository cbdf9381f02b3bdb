namespace WeightWatcher.Codes;

/// <summary>One entry of the catalogue of coded diagnostics.</summary>
/// <param name="Id">The code as it appears in messages, for example <c>WWG2003</c>; letters then digits, no hyphen.</param>
/// <param name="Title">What went wrong, in a few words, without a full stop.</param>
/// <remarks>
/// Families: <c>WWG1xxx</c> policy violations, <c>WWG2xxx</c> artifacts, <c>WWG3xxx</c> policy files,
/// <c>WWG4xxx</c> baselines, <c>WWG5xxx</c> environment. Each code has a page <c>docs/diagnostics/&lt;Id&gt;.md</c>;
/// a test holds the catalogue and the pages together.
/// </remarks>
public sealed record DiagnosticCode(string Id, string Title)
{
    /// <summary>The page that explains the code, relative to the root of the repository and of each package.</summary>
    public string DocumentationPath => $"docs/diagnostics/{Id}.md";

    /// <inheritdoc/>
    public override string ToString() => Id;
}
