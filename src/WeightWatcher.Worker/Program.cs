using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using WeightWatcher.Execution;
using WeightWatcher.Worker;

// Runs one model and ends. The request is the first line of standard input; when the input ends, nobody waits any more and the process ends at once. Answers are lines
// on standard output that begin with a mark: native code may write there too.

// A terminal sends Ctrl+C and Ctrl+\ to this process too, and its end would look like a crash of the model. The parent alone decides; it kills, or closes the input.
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
using PosixSignalRegistration quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => signal.Cancel = true);

string? line = Console.In.ReadLine();
if (line is null || JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerRequest) is not { } request)
    return 2;

Thread guard = new(() =>
{
    while (Console.In.Read() >= 0)
    {
        // Nothing follows the request; what counts is the end.
    }

    // Not Environment.Exit: native threads may hold what an orderly exit waits for.
    Process.GetCurrentProcess().Kill();
})
{ IsBackground = true };
guard.Start();

if (OperatingSystem.IsLinux())
{
    try
    {
        // When the machine runs out of memory, the kernel takes this process and not the build.
        File.WriteAllText("/proc/self/oom_score_adj", "1000");
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException)
    {
        // Then the parent's own watch has to do.
    }
}

WorkerAnswer answer;
try
{
    answer = ModelRun.Execute(request, stage => Write(WorkerJson.StageMark + stage), Answer);
}
#pragma warning disable CA1031 // Whatever went wrong is an answer: the parent makes a coded error of it.
catch (Exception e)
#pragma warning restore CA1031
{
    answer = new WorkerAnswer { Fault = ExecutionFault.WorkerFailed, Message = $"{e.GetType().Name}: {e.Message}" };
}

Answer(answer);
// An orderly exit would run destructors of native code, which could hang or crash after the answer is given.
Process.GetCurrentProcess().Kill();
return 0;

static void Answer(WorkerAnswer answer) => Write(WorkerJson.AnswerMark + JsonSerializer.Serialize(answer, WorkerJson.Default.WorkerAnswer));

// Native code may have left its own line unfinished.
static void Write(string text)
{
    Console.Out.Write("\n" + text + "\n");
    Console.Out.Flush();
}
