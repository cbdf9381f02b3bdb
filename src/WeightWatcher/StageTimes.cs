using System.Collections.Immutable;
using System.Diagnostics;

namespace WeightWatcher;

/// <summary>A part of the analysis of a layer.</summary>
internal enum AnalysisStage
{
    /// <summary>The elements are read and decoded.</summary>
    Read,

    /// <summary>The elements are hashed.</summary>
    Hash,

    /// <summary>The layer's own spectrum.</summary>
    Spectrum,

    /// <summary>The elements are put in order, described and permuted.</summary>
    Permute,

    /// <summary>The spectra of the permuted elements.</summary>
    Permuted,

    /// <summary>Random spectra that are drawn without a matrix.</summary>
    Drawn,

    /// <summary>Fits and metrics.</summary>
    Metrics,

    /// <summary>Standard errors: spectra without a group of rows, what is measured of them, and what rounding the weights does to alpha.</summary>
    Errors,

    /// <summary>What the diagnostics add: traps and all that is not a column of the Python tool.</summary>
    Diagnosis,

    /// <summary>The bytes of the artifact's files are hashed.</summary>
    FileHash,
}

/// <summary>Sums the time that all threads spend in each stage of an analysis.</summary>
internal sealed class StageTimes
{
    private readonly long[] _ticks = new long[Enum.GetValues<AnalysisStage>().Length];

    /// <summary>The stages in order with their times.</summary>
    public ImmutableArray<(AnalysisStage Stage, double Milliseconds)> Milliseconds =>
        [.. Enum.GetValues<AnalysisStage>().Select(s => (s, Interlocked.Read(ref _ticks[(int)s]) * 1000.0 / Stopwatch.Frequency))];

    /// <summary>Adds the time since <paramref name="start"/>, a time stamp of <see cref="Stopwatch"/>, to a stage.</summary>
    /// <returns>The time stamp of now, at which the next stage starts.</returns>
    public long Add(AnalysisStage stage, long start)
    {
        long now = Stopwatch.GetTimestamp();
        Interlocked.Add(ref _ticks[(int)stage], now - start);
        return now;
    }
}
