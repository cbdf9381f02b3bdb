using System.Diagnostics;
using System.Globalization;

namespace WeightWatcher.MSBuild;

/// <summary>Says how far a long analysis is: at most a line every ten seconds, nothing for a short one.</summary>
internal sealed class ProgressLine(string artifact, Action<string> say) : IProgress<AnalysisProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _last;

    /// <inheritdoc/>
    public void Report(AnalysisProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (_lock)
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
            if (elapsed - _last < Interval)
                return;
            _last = elapsed;
            string left = value.WorkDone > 0 ? string.Create(CultureInfo.InvariantCulture, $", about {elapsed.TotalSeconds / value.WorkDone * (1 - value.WorkDone):0} s left") : "";
            say(string.Create(CultureInfo.InvariantCulture, $"WeightWatcher: {artifact}: {value.LayersDone} of {value.LayersTotal} layers analysed{left}"));
        }
    }
}
