using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using WeightWatcher.Artifacts;

namespace WeightWatcher.Execution;

/// <summary>
/// Runs a model in a process of its own, because native code reads it there: a crash, a hang or a flood of memory ends that process and becomes a fault here, and two
/// projects may use two versions of the library.
/// </summary>
internal sealed class WorkerProcess
{
    /// <summary>The most characters that are read of what the worker writes; of standard error the rest is passed over.</summary>
    private const int MostOutput = 16 << 20, MostErrors = 1 << 16;

    /// <summary>128 and the number of SIGINT.</summary>
    private const int EndedByInterrupt = 130;

    private static readonly TimeSpan Watch = TimeSpan.FromMilliseconds(50), Grace = TimeSpan.FromSeconds(2);

    /// <summary>Models run one after the other, so that several do not share the time and the memory that each is given.</summary>
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>Variables that would load code into the worker, profile it, or change how it computes.</summary>
    private static readonly string[] Unwanted = ["DOTNET_STARTUP_HOOKS", "CORECLR_ENABLE_PROFILING", "COR_ENABLE_PROFILING", "DOTNET_gcServer", "COMPlus_gcServer", "ORT_LOAD_CONFIG_FROM_MODEL", "OMP_NUM_THREADS", "DOTNET_BUNDLE_EXTRACT_BASE_DIR"];

    private readonly string _host;
    private readonly string _worker;
    private readonly TimeSpan _timeout;
    private readonly long _mostMemory;

    private WorkerProcess(string host, string worker, TimeSpan timeout, long mostMemory)
    {
        _host = host;
        _worker = worker;
        _timeout = timeout;
        _mostMemory = mostMemory;
    }

    /// <summary>Runs a model.</summary>
    /// <param name="worker">The full path of the worker's assembly.</param>
    /// <param name="request">What to do.</param>
    /// <param name="timeout">The most time for all of it.</param>
    /// <param name="mostMemory">The most resident memory of the process, in bytes.</param>
    /// <param name="cancellationToken">Ends the process within about 50 ms.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; the process is gone.</exception>
    public static WorkerAnswer Run(string worker, WorkerRequest request, TimeSpan timeout, long mostMemory, CancellationToken cancellationToken)
    {
        if (!File.Exists(worker))
            return Failed(ExecutionFault.WorkerFailed, $"the worker '{Printable.Text(worker)}' is missing");
        if (DotNetHost.Find() is not { } host)
            return Failed(ExecutionFault.WorkerFailed, "no 'dotnet' was found that could run the worker: neither beside this process's runtime, nor by DOTNET_HOST_PATH or DOTNET_ROOT, nor on the path");
        Turn.Wait(cancellationToken);
        try
        {
            return new WorkerProcess(host, worker, timeout, mostMemory).Run(request, cancellationToken);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            return Failed(ExecutionFault.WorkerFailed, $"the worker could not be run: {Printable.Text(e.Message)}");
        }
        finally
        {
            Turn.Release();
        }
    }

    private WorkerAnswer Run(WorkerRequest request, CancellationToken cancellationToken)
    {
        using Process process = new() { StartInfo = Start() };
        process.Start();
        try
        {
            using CancellationTokenSource ended = new();
            Task<string> output = Read(process.StandardOutput, MostOutput, stopsWhenFull: true, ended.Token);
            Task<string> errors = Read(process.StandardError, MostErrors, stopsWhenFull: false, ended.Token);
            try
            {
                process.StandardInput.WriteLine(JsonSerializer.Serialize(request, WorkerJson.Default.WorkerRequest));
                process.StandardInput.Flush();
            }
            catch (IOException)
            {
                // It has ended already; what it said tells why.
            }

            ExecutionFault fault = Wait(process, output, cancellationToken);
            if (fault != ExecutionFault.None)
                Kill(process);
            // A grandchild that native code left behind would keep the pipes open.
            ended.CancelAfter(TimeSpan.FromSeconds(5));
            return Answer(process, fault, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
        }
        finally
        {
            Kill(process);
        }
    }

    private ProcessStartInfo Start()
    {
        ProcessStartInfo start = new(_host, ["exec", _worker])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (string name in Unwanted)
            start.Environment.Remove(name);
        // No pipes for debuggers, no dumps of a process that is expected to crash.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        return start;
    }

    /// <summary>Waits for the end of the process, or for a reason to end it.</summary>
    private ExecutionFault Wait(Process process, Task<string> output, CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!process.WaitForExit(Watch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (watch.Elapsed > _timeout)
                return ExecutionFault.TimedOut;
            process.Refresh();
            if (MemoryOf(process) > _mostMemory)
                return ExecutionFault.OutOfMemory;
            // The reader has given up, or the worker has nothing more to say and does not end.
            if (output.IsCompleted && !process.WaitForExit(TimeSpan.FromSeconds(1)))
                return ExecutionFault.Crashed;
        }

        // Ctrl+C ends a worker that does not pass it over yet, before the cancellation that follows from it gets here.
        if (process.ExitCode == EndedByInterrupt)
            cancellationToken.WaitHandle.WaitOne(Grace);
        cancellationToken.ThrowIfCancellationRequested();
        return ExecutionFault.None;
    }

    private static long MemoryOf(Process process)
    {
        try
        {
            return process.WorkingSet64;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return 0;
        }
    }

    private WorkerAnswer Answer(Process process, ExecutionFault fault, string output, string errors)
    {
        string[] lines = output.Split('\n');
        WorkerStage stage = lines.Where(line => line.StartsWith(WorkerJson.StageMark, StringComparison.Ordinal))
            .Select(line => Enum.TryParse(line[WorkerJson.StageMark.Length..].TrimEnd('\r'), out WorkerStage reached) ? reached : WorkerStage.Start).DefaultIfEmpty(WorkerStage.Start).Max();
        string[] said = [.. lines.Where(line => !line.StartsWith('@')).Concat(errors.Split('\n')).Select(line => line.Trim()).Where(line => line.Length > 0).Take(200)];
        WorkerAnswer? answer = lines.Where(line => line.StartsWith(WorkerJson.AnswerMark, StringComparison.Ordinal)).Select(line => Parse(line[WorkerJson.AnswerMark.Length..])).LastOrDefault(read => read is not null);
        if (answer is { IsFinal: true })
            return answer with { Log = [.. answer.Log, .. said] };
        string doing = stage switch
        {
            WorkerStage.Start => "while its process started",
            WorkerStage.Library => "while the native library was loaded",
            WorkerStage.Load => "while the model was loaded",
            WorkerStage.Inputs => "while inputs were made",
            WorkerStage.Run => "while the model ran",
            WorkerStage.BaselineLoad => "while the baseline was loaded",
            _ => "while the baseline ran",
        };
        string message = fault switch
        {
            ExecutionFault.TimedOut => string.Create(CultureInfo.InvariantCulture, $"it was ended after {_timeout.TotalSeconds} s, {doing}"),
            ExecutionFault.OutOfMemory => string.Create(CultureInfo.InvariantCulture, $"it was ended when it used more than {_mostMemory >> 20} MiB, {doing}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"its process ended with code {(process.HasExited ? process.ExitCode : -1)}, {doing}{(said.Length > 0 ? ": " + said[0] : "")}"),
        };
        ExecutionFault found = fault != ExecutionFault.None ? fault : stage <= WorkerStage.Start ? ExecutionFault.WorkerFailed : ExecutionFault.Crashed;
        // What was found of the model stands whatever becomes of the baseline.
        if (stage >= WorkerStage.BaselineLoad && answer is not null)
            return answer with { BaselineFault = found, BaselineMessage = message, Log = [.. answer.Log, .. said] };
        // A library that ends the process when it is loaded says nothing about the model.
        return Failed(stage == WorkerStage.Library && found == ExecutionFault.Crashed ? ExecutionFault.LibraryUnusable : found, message) with { Log = said };
    }

    private static WorkerAnswer? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, WorkerJson.Default.WorkerAnswer);
        }
        catch (JsonException)
        {
            // Half a line: the process was ended while it wrote.
            return null;
        }
    }

    private static WorkerAnswer Failed(ExecutionFault fault, string message) => new() { Fault = fault, Message = message };

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    private static async Task<string> Read(StreamReader reader, int most, bool stopsWhenFull, CancellationToken cancellationToken)
    {
        StringBuilder text = new();
        char[] block = new char[4096];
        try
        {
            while (await reader.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and int read)
            {
                if (text.Length + read <= most)
                    text.Append(block, 0, read);
                else if (stopsWhenFull)
                    break;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // What was read until then is what there is.
        }

        return text.ToString();
    }
}
