using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Assertions;

/// <summary>Updates the baseline file of an assertion: the one in the sources, and the copy that the test sees.</summary>
internal static class BaselineCheck
{
    /// <summary>Updates a baseline file, and judges the model against it as it is then.</summary>
    /// <param name="request">The model, with a baseline file of its own or of its policy.</param>
    /// <param name="variables">What the run was asked for.</param>
    /// <param name="sources">Where copies come from.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static GateResult Update(GateRequest request, BaselineVariables variables, BaselineSources sources, CancellationToken cancellationToken)
    {
        string copy = BaselineUpdater.FileOf(request)!;
        if (variables.IsForbidden)
            return Refused(request, BaselineCodes.NotInContinuousIntegration, $"the variable CI or TF_BUILD is set, and a baseline that a job accepts nobody reviews: update it on your machine and commit the file, or set {BaselineVariables.UpdateInContinuousIntegration} to true");
        if (sources.Of(copy) is not { } source)
            return Refused(request, BaselineCodes.NotWritable, $"it is not known where '{copy}' was copied from, because {BaselineSources.FileName} is not beside the test: build the test project with its package reference, and run again");
        // An update keeps what the file holds, so that one must not begin before the other has ended.
        return FileLocks.Process.Hold(source, () => Update(request, variables.Acceptance, source, copy, cancellationToken), cancellationToken);
    }

    private static GateResult Update(GateRequest request, Acceptance acceptance, string source, string copy, CancellationToken cancellationToken)
    {
        BaselineUpdate update = BaselineUpdater.Run(request, acceptance, source, cancellationToken);
        if (!update.Done)
            return update.Result;
        if (source != copy)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(source, copy, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Refused(request, BaselineCodes.NotWritable, $"'{source}' is up to date, and its copy '{copy}', which the tests see, cannot be written: {Printable.Text(e.Message.TrimEnd('.'))}");
            }
        }

        string said = $"The baseline '{source}' {(update.Written ? "was written" : "is as it should be")}{(update.Changes.IsEmpty ? "." : ": " + string.Join("; ", update.Changes.Take(10)) + ".")}";
        CurrentTest.Say(said);
        string advice = update.Result.Acceptable.IsEmpty ? said : $"{said}\n{BaselineVariables.Advice(update.Result.Acceptable)}";
        return update.Result with { Verdict = update.Result.Verdict with { Advice = advice } };
    }

    private static GateResult Refused(GateRequest request, DiagnosticCode code, string message)
    {
        string shown = request.DisplayPath ?? Path.GetFileName(request.ArtifactPath);
        return new GateResult
        {
            Report = new ModelReport { Artifact = new ArtifactInfo(shown, "unknown", "", 0), Options = request.Policy.Analysis, Layers = [], Skipped = [], Summary = [] },
            Verdict = new Verdict { Artifact = shown, Violations = [new Violation { Code = code.Id, Severity = Severity.Error, Message = $"{code.Title}: {message}." }] },
            InputFiles = ImmutableArray.Create(request.ArtifactPath),
        };
    }
}
