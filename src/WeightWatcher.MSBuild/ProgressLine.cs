using System.Globalization;

namespace WeightWatcher.MSBuild;

/// <summary>
/// Says how far a long analysis is: a line every ten seconds, also while a single large layer takes longer than that; nothing for a short one, and nothing any more once disposed.
/// </summary>
internal sealed class ProgressLine : IProgress<AnalysisProgress>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10), Look = TimeSpan.FromSeconds(1);

    private const double MostOfUnderWay = 0.9;

    private readonly string _artifact;
    private readonly Action<string> _say;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly long _start;
    private readonly ITimer _timer;
    private AnalysisProgress? _reached;
    private TimeSpan _last, _heard;
    private bool _isOver;

    /// <summary>Begins to look at the time.</summary>
    /// <param name="artifact">The artifact as messages show it.</param>
    /// <param name="say">Receives the lines, one at a time, from any thread.</param>
    /// <param name="clock">The time, or null for the system's.</param>
    public ProgressLine(string artifact, Action<string> say, TimeProvider? clock = null)
    {
        _artifact = artifact;
        _say = say;
        _clock = clock ?? TimeProvider.System;
        _start = _clock.GetTimestamp();
        _timer = _clock.CreateTimer(_ => SayWhenDue(null), null, Look, Look);
    }

    /// <inheritdoc/>
    public void Report(AnalysisProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        SayWhenDue(value);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _isOver = true;
        _timer.Dispose();
    }

    private void SayWhenDue(AnalysisProgress? value)
    {
        lock (_lock)
        {
            TimeSpan elapsed = _clock.GetElapsedTime(_start);
            if (value is not null)
                (_reached, _heard) = (value, elapsed);
            if (_isOver || elapsed - _last < Interval)
                return;
            _last = elapsed;
            string left = _reached is { WorkDone: > 0 } ? string.Create(CultureInfo.InvariantCulture, $", about {SecondsLeft(_reached, _heard.TotalSeconds, elapsed.TotalSeconds):0} s left") : "";
            string reached = _reached is null
                ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0} s, the largest layers come first and none is done yet")
                : string.Create(CultureInfo.InvariantCulture, $"{_reached.LayersDone} of {_reached.LayersTotal} layers analysed");
            _say($"WeightWatcher: {_artifact}: {reached}{left}");
        }
    }

    /// <summary>
    /// From the speed so far. Of the layers under way, the largest ones for most of the time, half is taken for done when it was last heard of them, and then more at that speed, but never all.
    /// </summary>
    private static double SecondsLeft(AnalysisProgress reached, double heard, double now)
    {
        double then = reached.WorkDone + (reached.WorkUnderWay / 2), further = heard > 0 ? then / heard * (now - heard) : 0;
        double done = Math.Min(then + further, reached.WorkDone + (MostOfUnderWay * reached.WorkUnderWay));
        return now / done * (1 - done);
    }
}
