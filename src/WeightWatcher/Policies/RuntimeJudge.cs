using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;
using WeightWatcher.Execution;

namespace WeightWatcher.Policies;

/// <summary>Judges what became of a model in ONNX Runtime. A check that could not be made is never a check that was passed.</summary>
internal sealed class RuntimeJudge(Policy policy, RuntimeOptions options, ModelReport report, bool hasBaseline, VerdictBuilder verdict)
{
    /// <summary>What violations name as their rule: the section, and its three checks.</summary>
    public const string Section = "runtime", Loads = "runtime.loads", FiniteOutputs = "runtime.finite_outputs", OutputDrift = "runtime.max_output_drift";

    private const int MostOutputs = 20;

    public void Judge()
    {
        if (report.Runtime is not { } run || run.Options?.Signature != options.Signature)
        {
            Unmade(EnvironmentCodes.RuntimeNotRun, Severity.Error, "the policy asks for 'runtime', and the report is of a model that was not run as the policy says. Judge the model through ModelGate.Run, which runs it.");
            return;
        }

        foreach (string unused in run.Unused)
            Add(Section, PolicyFileCodes.DeadRuntimeSetting, Severity.Warning, $"the model has no {Said(unused)}, so what 'runtime' says of it does nothing. Its inputs are {Inputs(run)}.", excess: 0);
        switch (run.Fault)
        {
            case ExecutionFault.NotOnnx:
                Severity severity = options.WhenNotApplicable switch
                {
                    WhenNotApplicable.Ignore => Severity.Info,
                    WhenNotApplicable.Warn => Severity.Warning,
                    WhenNotApplicable.Error => Severity.Error,
                    _ => options.Heaviest,
                };
                Unmade(PolicyViolationCodes.NotRunnable, severity, $"'runtime' says nothing of the artifact: {Said(run.Message)}. Write 'when_not_applicable: ignore' in 'runtime', or judge it by a policy without that section.");
                return;
            case ExecutionFault.LibraryMissing:
                Unmade(EnvironmentCodes.OnnxRuntimeNotFound, Severity.Error, $"the policy asks for 'runtime', and the native library of ONNX Runtime was not found. {Said(run.Message.TrimEnd('.'))}.");
                return;
            case ExecutionFault.LibraryUnusable:
                Unmade(EnvironmentCodes.OnnxRuntimeNotLoaded, Severity.Error, $"the native library of ONNX Runtime cannot be loaded: {Said(run.Message)}. It must be that for {Rid}, whole, with all libraries that it needs.");
                return;
            case ExecutionFault.LibraryVersion:
                Unmade(EnvironmentCodes.OnnxRuntimeTooOld, Severity.Error, $"the native library of ONNX Runtime does not fit: {Said(run.Message)}. Reference a newer Microsoft.ML.OnnxRuntime, or name another library.");
                return;
            case ExecutionFault.WorkerFailed:
                Unmade(EnvironmentCodes.RuntimeNotRun, Severity.Error, $"the process that runs models did not do so: {Said(run.Message)}.");
                return;
        }

        JudgeLoad(run);
        bool ran = JudgeRun(run);
        if (ran && options.FiniteOutputs != Severity.Off)
            JudgeFinite(run);
        if (ran && options.ComparesOutputs)
            JudgeDrift(run);
    }

    private static string Rid => OnnxRuntimeLibrary.Rid;

    private void JudgeLoad(RuntimeReport run)
    {
        if (options.Loads != Severity.Off)
            Check(Loads, null);
        if (run.Fault == ExecutionFault.NotLoaded)
            Add(Loads, PolicyViolationCodes.NotLoaded, options.Heaviest, $"ONNX Runtime {run.Version} refuses the model: {Said(run.Message)}. Export it again; what refuses it here refuses it in production.");
        else if (run.Fault == ExecutionFault.UnknownOperator)
            Add(Loads, PolicyViolationCodes.UnknownOperator, options.Heaviest, $"the model uses operators that ONNX Runtime {run.Version} does not have: {Said(run.Message)}. They come from an extension library, or from a newer version; the gate loads no such library, because it would run code that a model asks for.");
    }

    /// <summary>Whether there are outputs; if not, why.</summary>
    private bool JudgeRun(RuntimeReport run)
    {
        (DiagnosticCode Code, string Sentence)? fault = run.Fault switch
        {
            ExecutionFault.InputNotMade => (PolicyViolationCodes.InputsNotMade, $"no inputs can be made for the model: {Said(run.Message)}. Say in 'runtime.inputs' and 'runtime.dimensions' what it takes."),
            ExecutionFault.NotRun => (PolicyViolationCodes.NotRun, $"ONNX Runtime {run.Version} stops with an error when it runs the model: {Said(run.Message)}. When other shapes or values would do, give them in 'runtime.inputs' and 'runtime.dimensions'."),
            ExecutionFault.OutputNotRead => (PolicyViolationCodes.OutputsNotRead, $"outputs cannot be checked: {Said(run.Message)}."),
            ExecutionFault.TimedOut => (PolicyViolationCodes.RanTooLong, $"the model took too long in ONNX Runtime: {Said(run.Message)}. Give it smaller inputs or a longer 'timeout' in 'runtime', if that is not a fault of the model."),
            ExecutionFault.OutOfMemory => (PolicyViolationCodes.RanOutOfMemory, $"the model took too much memory in ONNX Runtime: {Said(run.Message)}. Give it smaller inputs or a larger 'max_memory' in 'runtime', if that is not a fault of the model."),
            ExecutionFault.Crashed => (PolicyViolationCodes.Crashed, $"the model crashed ONNX Runtime: {Said(run.Message)}. The crash did no harm here, because the model ran in a process of its own; do not ship a model that does that."),
            _ => null,
        };
        string? why = run.Fault == ExecutionFault.None ? null : "the model did not run";
        if (options.FiniteOutputs != Severity.Off)
            Check(FiniteOutputs, why);
        if (options.ComparesOutputs)
            Check(OutputDrift, why);
        if (fault is { } found)
        {
            bool onlyRun = run.Fault is ExecutionFault.InputNotMade or ExecutionFault.NotRun or ExecutionFault.OutputNotRead;
            Severity ofRun = (Severity)Math.Max((int)options.FiniteOutputs, options.ComparesOutputs ? (int)options.OutputDrift : 0);
            Add(run.Loaded ? options.FiniteOutputs != Severity.Off ? FiniteOutputs : OutputDrift : Section, found.Code, onlyRun ? ofRun : options.Heaviest, found.Sentence);
        }

        return why is null;
    }

    private void JudgeFinite(RuntimeReport run)
    {
        RuntimeOutput[] broken = [.. run.Outputs.Where(output => output.NonFinite > 0)];
        foreach (RuntimeOutput output in broken.Take(MostOutputs))
        {
            string first = output.FirstNonFinite is { } at ? string.Create(CultureInfo.InvariantCulture, $", the first at index {at}") : "";
            string count = string.Create(CultureInfo.InvariantCulture, $"{output.NonFinite} of {output.Elements}");
            Add(FiniteOutputs, PolicyViolationCodes.OutputsNotFinite, options.FiniteOutputs, $"the output '{Printable.Text(output.Name)}' has {count} elements that are NaN or infinite on seeded inputs{first}. {More(broken.Length, "output")}Look for weights that overflowed, divisions by zero and logarithms of zero; when only valid inputs would do, give ranges in 'runtime.inputs'.", "finite_outputs", output.NonFinite, 0);
        }
    }

    private void JudgeDrift(RuntimeReport run)
    {
        double limit = options.MaxOutputDrift!.Value;
        if (!hasBaseline)
        {
            Add(OutputDrift, BaselineCodes.Required, options.OutputDrift, "'max_output_drift' compares with a baseline and none was given. Name a checkpoint in ONNX, or leave the key out.");
            return;
        }

        if (run.BaselineFault != ExecutionFault.None)
        {
            bool comparable = run.BaselineFault is ExecutionFault.OtherInputs or ExecutionFault.OtherOutputs or ExecutionFault.NotDeterministic or ExecutionFault.BaselineNotFinite;
            Add(OutputDrift, comparable ? PolicyViolationCodes.OutputsNotComparable : BaselineCodes.NotRunnable, options.OutputDrift, comparable
                ? $"the outputs cannot be compared with the baseline's: {Said(run.BaselineMessage)}."
                : $"the baseline gives no outputs to compare with: {Said(run.BaselineMessage)}. 'max_output_drift' needs the checkpoint itself, in ONNX.");
            return;
        }

        // NaN is above every limit.
        RuntimeOutput[] far = [.. run.Outputs.Where(output => output.Drift is { } drift && !(drift <= limit)).OrderByDescending(output => output.Drift)];
        foreach (RuntimeOutput output in far.Take(MostOutputs))
        {
            double drift = output.Drift!.Value;
            (string shown, string most) = Numbers.Pair(drift * 100, limit * 100);
            string by = double.IsFinite(drift) ? $"by {shown} % of its largest magnitude" : $"without bound ({output.WithoutBound})";
            Add(OutputDrift, PolicyViolationCodes.OutputsDrifted, options.OutputDrift, $"the output '{Printable.Text(output.Name)}' differs from the baseline's {by}, more than {most} %. {More(far.Length, "output")}Where weights were meant to stay, look at export, quantization and operator versions; where the model learned, accept a new baseline.", "output_drift", double.IsFinite(drift) ? drift : null, limit, double.IsFinite(drift) ? VerdictBuilder.ExcessOver(drift, limit) : VerdictBuilder.Beyond);
        }

        if (run.OutputDrift is null)
            Add(OutputDrift, PolicyViolationCodes.OutputsNotComparable, options.OutputDrift, "the baseline has no outputs that the model has too.");
    }

    private static string More(int count, string noun) => count > MostOutputs ? string.Create(CultureInfo.InvariantCulture, $"So have {count - MostOutputs} more {noun}s than are listed. ") : "";

    private static string Inputs(RuntimeReport run) => run.Inputs.IsEmpty ? "not known" : string.Join(", ", run.Inputs.Take(MostOutputs).Select(input => $"'{Printable.Text(input.Name)}'"));

    /// <summary>What native code said, fit for one line. It says a lot.</summary>
    private static string Said(string text)
    {
        const int pieces = 4;
        string line = text.Trim().TrimEnd('.').ReplaceLineEndings(" ");
        return string.Concat(line.Chunk(Printable.MaxLength - 10).Take(pieces).Select(piece => Printable.Text(new string(piece)))) + (line.Length > pieces * (Printable.MaxLength - 10) ? "…" : "");
    }

    private void Unmade(DiagnosticCode code, Severity severity, string message)
    {
        Check(Section, code == PolicyViolationCodes.NotRunnable ? "the artifact is no ONNX model" : null);
        Add(Section, code, severity, message);
    }

    private void Check(string rule, string? notApplicable) =>
        verdict.Check(new RuleCheck(rule, rule, null, null, notApplicable) { PolicyFile = policy.FilePath, PolicyLine = options.At?.Line ?? 1 });

    private void Add(string rule, DiagnosticCode code, Severity severity, string message, string? metric = null, double? value = null, double? limit = null, double excess = VerdictBuilder.Beyond) => verdict.Add(new Violation
    {
        Code = code.Id,
        Severity = severity,
        Message = message,
        Rule = rule,
        Metric = metric,
        Value = value,
        Limit = limit,
        PolicyFile = policy.FilePath,
        PolicyLine = options.At?.Line,
        PolicyColumn = options.At?.Column,
        Excess = excess,
    });
}
