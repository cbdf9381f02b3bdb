using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace WeightWatcher.Assertions;

/// <summary>
/// Remembers what the gate said, so that a test per layer costs one analysis. An answer holds while every file that decided it has the same
/// length and modification time.
/// </summary>
internal sealed class GateCache
{
    private readonly ConcurrentDictionary<Question, Slot> _slots = new();

    /// <summary>The answers of this process.</summary>
    public static GateCache Process { get; } = new();

    /// <summary>Answers from memory where nothing changed, and runs the gate otherwise; one run at a time for the same question.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled while waiting or analysing; nothing is remembered.</exception>
    public GateResult Run(GateRequest request, CancellationToken cancellationToken)
    {
        Policy policy = request.Policy;
        Question question = new(request.ArtifactPath, request.DisplayPath, policy.FilePath ?? policy.Name, policy.FilePath is null, policy.Runtime is not null, request.BaselinePath);
        Slot slot = _slots.GetOrAdd(question, _ => new Slot());
        slot.Gate.Wait(cancellationToken);
        try
        {
            if (slot.Answer is { } known && known.Inputs.All(input => input == FileStamp.Of(input.Path)) && known.Result.GitInputs.All(git => git.IsCurrent(cancellationToken)))
                return known.Result;

            // Stamped before the run, so that a change during it is seen by the next call.
            FileStamp[] before = [.. new[] { request.ArtifactPath, policy.FilePath, FileBaseline(request) }.OfType<string>().Select(FileStamp.Of)];
            GateResult result = ModelGate.Run(request, cancellationToken);
            IEnumerable<FileStamp> found = result.InputFiles.Except(before.Select(stamp => stamp.Path)).Select(FileStamp.Of);
            // What may end otherwise the next time is asked again, and so is what could not be read: the file at fault may be none that the result names.
            slot.Answer = result is { IsRepeatable: true, IsComplete: true } ? new Answer(result, [.. before, .. found]) : null;
            return result;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    private static string? FileBaseline(GateRequest request) =>
        (request.BaselinePath ?? request.Policy.BaselinePath) is { } baseline && !baseline.StartsWith("git:", StringComparison.Ordinal) ? baseline : null;

    private sealed record Question(string Artifact, string? DisplayPath, string Policy, bool IsBuiltIn, bool Runs, string? Baseline);

    private sealed record Answer(GateResult Result, ImmutableArray<FileStamp> Inputs);

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public Answer? Answer { get; set; }
    }
}
