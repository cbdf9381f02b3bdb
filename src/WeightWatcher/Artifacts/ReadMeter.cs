using System.Globalization;
using WeightWatcher.Codes;

namespace WeightWatcher.Artifacts;

/// <summary>What one read has used of its <see cref="ReadLimits"/>, and its cancellation. For one thread.</summary>
internal sealed class ReadMeter(ReadLimits limits, CancellationToken cancellationToken)
{
    private const int StepsBetweenCancellationChecks = 4096;

    private long _steps;
    private long _bytes;
    private int _tensors;

    /// <summary>The limits that are kept.</summary>
    public ReadLimits Limits => limits;

    /// <summary>Counts one opcode, entry or node; looks at the cancellation now and then.</summary>
    public void Step()
    {
        if (++_steps > limits.MaxSteps)
            throw Exceeded("steps", limits.MaxSteps);
        if (_steps % StepsBetweenCancellationChecks == 0)
            cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Counts memory that is about to be held; call before allocating.</summary>
    /// <param name="bytes">0 or more.</param>
    public void Charge(long bytes)
    {
        if (bytes > limits.MaxMetadataBytes - _bytes)
            throw Exceeded("bytes of metadata", limits.MaxMetadataBytes);
        _bytes += bytes;
    }

    /// <summary>Counts one tensor.</summary>
    public void CountTensor()
    {
        if (++_tensors > limits.MaxTensors)
            throw Exceeded("tensors", limits.MaxTensors);
    }

    /// <summary>Throws when containers nest deeper than allowed.</summary>
    /// <param name="depth">1 for the outermost.</param>
    public void RequireDepth(int depth)
    {
        if (depth > limits.MaxDepth)
            throw Exceeded("levels of nesting", limits.MaxDepth);
    }

    private static ArtifactException Exceeded(string what, long limit) => new(
        ArtifactCodes.LimitExceeded, string.Create(CultureInfo.InvariantCulture, $"the artifact needs more than the {limit} {what} that its size justifies"));
}
