using Microsoft.ML.OnnxRuntime;
using WeightWatcher.Execution;

namespace WeightWatcher.Worker;

/// <summary>Loads a model, runs it on inputs made for it, and compares what comes out with a baseline.</summary>
internal static class ModelRun
{
    /// <summary>Does what is asked. Faults of model and baseline are part of the answer.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="reached">Hears of each step before it begins.</param>
    /// <param name="found">Hears what was found of the model before the baseline is touched.</param>
    public static WorkerAnswer Execute(WorkerRequest request, Action<WorkerStage> reached, Action<WorkerAnswer> found)
    {
        List<string> log = [];
        WorkerAnswer answer = new();
        try
        {
            reached(WorkerStage.Library);
            answer = answer with { Version = NativeOnnxRuntime.Load(request.Library) };
            _ = NativeOnnxRuntime.CreateEnvironment(log);
            List<InputSet> inputs = [];
            List<OutputTable> outputs = [];
            answer = Model(request, reached, answer, inputs, outputs);
            if (request.Baseline is null)
                return With(answer, log);
            found(With(answer, log) with { IsFinal = false });
            answer = Compare(request, reached, answer, inputs, outputs);
        }
        catch (WorkerException e)
        {
            answer = answer with { Fault = e.Fault, Message = e.Message };
        }

        return With(answer, log);
    }

    private static WorkerAnswer With(WorkerAnswer answer, List<string> log)
    {
        lock (log)
            return answer with { Log = [.. log] };
    }

    private static WorkerAnswer Model(WorkerRequest request, Action<WorkerStage> reached, WorkerAnswer answer, List<InputSet> inputs, List<OutputTable> outputs)
    {
        reached(WorkerStage.Load);
        using InferenceSession session = Open(request.Model);
        if (!request.Run)
            return answer;
        reached(WorkerStage.Inputs);
        InputShapes shapes = new(session, request);
        answer = answer with { Inputs = shapes.Values, Unused = shapes.Unused };
        for (int run = 0; run < request.Runs; run++)
            inputs.Add(InputSet.Make(shapes, run));
        reached(WorkerStage.Run);
        foreach (InputSet set in inputs)
            outputs.Add(Run(session, set, shapes));
        answer = answer with { Outputs = OutputSummary.Of(outputs) };
        if (request.Baseline is null || Run(session, inputs[0], shapes).IsSameAs(outputs[0]))
            return answer;
        return answer with
        {
            BaselineFault = ExecutionFault.NotDeterministic,
            BaselineMessage = "run again on the same inputs it gives other outputs; it draws random numbers without a seed",
        };
    }

    private static WorkerAnswer Compare(WorkerRequest request, Action<WorkerStage> reached, WorkerAnswer answer, List<InputSet> inputs, List<OutputTable> outputs)
    {
        if (answer.BaselineFault != ExecutionFault.None)
            return answer;
        try
        {
            reached(WorkerStage.BaselineLoad);
            using InferenceSession session = Open(request.Baseline!);
            InputShapes.RequireSame(session, answer.Inputs);
            reached(WorkerStage.BaselineRun);
            List<OutputTable> before = [.. inputs.Select(set => Run(session, set, null))];
            return answer with { Outputs = OutputComparison.Of(answer.Outputs, outputs, before) };
        }
        catch (WorkerException e)
        {
            return answer with { BaselineFault = e.Fault, BaselineMessage = e.Message };
        }
    }

    // One thread and no rewriting beyond what keeps each value: the same results for any number of processors. No arena, so that memory is given back.
    private static InferenceSession Open(string path)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
            EnableCpuMemArena = false,
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
        };
        // What the gate has read is ONNX; a file that is both must not be taken for the other format.
        options.AddSessionConfigEntry("session.load_model_format", "ONNX");
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            bool unknown = e.Message.Contains("is not a registered function/op", StringComparison.Ordinal) || e.Message.Contains("No opset import for domain", StringComparison.Ordinal);
            throw new WorkerException(unknown ? ExecutionFault.UnknownOperator : ExecutionFault.NotLoaded, e.Message);
        }
    }

    private static OutputTable Run(InferenceSession session, InputSet inputs, InputShapes? shapes)
    {
        using RunOptions options = new();
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, inputs.Names, inputs.Values, session.OutputNames);
            OutputTable table = new();
            for (int i = 0; i < session.OutputNames.Count; i++)
                table.Add(session.OutputNames[i], results[i]);
            return table;
        }
        catch (OnnxRuntimeException e)
        {
            string made = shapes is null ? "" : $"; its inputs were {string.Join(", ", shapes.Values.Select(value => $"{value.Name} {value.Type}[{string.Join(", ", value.Shape)}]"))}";
            throw new WorkerException(ExecutionFault.NotRun, e.Message + made);
        }
    }
}
