using System.Diagnostics.CodeAnalysis;

namespace WeightWatcher.Fitting;

/// <summary>How a measurement ended.</summary>
internal enum OutcomeKind
{
    /// <summary>There is a value.</summary>
    Success,

    /// <summary>The question has no meaning for this spectrum, for example a fit to three eigenvalues; no fault of anyone.</summary>
    NotApplicable,

    /// <summary>The question has a meaning and no answer was found.</summary>
    Failed,
}

/// <summary>
/// The result of a measurement that may have none: a value, or the reason why there is no value. There is no number that stands
/// for "failed".
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
internal readonly struct Outcome<T>
    where T : notnull
{
    private readonly T? _value;
    private readonly string? _reason;

    private Outcome(OutcomeKind kind, T? value, string? reason)
    {
        Kind = kind;
        _value = value;
        _reason = reason;
    }

    /// <summary>How the measurement ended.</summary>
    public OutcomeKind Kind { get; }

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(_value))]
    public bool IsSuccess => Kind == OutcomeKind.Success && _value is not null;

    /// <summary>The value; reading it without success is the caller's mistake.</summary>
    public T Value => IsSuccess ? _value : throw new InvalidOperationException($"There is no value: {Reason}.");

    /// <summary>Why there is no value: a few words without a full stop; empty on success.</summary>
    public string Reason => _reason ?? string.Empty;

    /// <summary>Gives the value if there is one.</summary>
    public bool TryGetValue([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return IsSuccess;
    }

    /// <summary>Applies <paramref name="map"/> to the value; without a value the reason is kept.</summary>
    public Outcome<TOther> Select<TOther>(Func<T, TOther> map)
        where TOther : notnull
        => IsSuccess ? Outcome.Success(map(_value)) : new Outcome<TOther>(Kind, default, _reason);

    /// <summary>What a further estimator makes of the value, or this outcome's reason.</summary>
    public Outcome<TOther> Then<TOther>(Func<T, Outcome<TOther>> next)
        where TOther : notnull
        => IsSuccess ? next(_value) : new Outcome<TOther>(Kind, default, _reason);

    /// <inheritdoc/>
    public override string ToString() => IsSuccess ? $"{_value}" : $"{Kind}: {Reason}";

    internal static Outcome<T> Create(OutcomeKind kind, T? value, string? reason) => new(kind, value, reason);
}

/// <summary>Makes <see cref="Outcome{T}"/> values.</summary>
internal static class Outcome
{
    /// <summary>A measurement with a value.</summary>
    public static Outcome<T> Success<T>(T value)
        where T : notnull => Outcome<T>.Create(OutcomeKind.Success, value, null);

    /// <summary>A measurement that has no meaning here.</summary>
    /// <param name="reason">A few words without a full stop.</param>
    public static Outcome<T> NotApplicable<T>(string reason)
        where T : notnull => Outcome<T>.Create(OutcomeKind.NotApplicable, default, reason);

    /// <summary>A measurement that should have had a value and has none.</summary>
    /// <param name="reason">A few words without a full stop.</param>
    public static Outcome<T> Failed<T>(string reason)
        where T : notnull => Outcome<T>.Create(OutcomeKind.Failed, default, reason);

    /// <summary>A finite number, or a failure that names what was not finite.</summary>
    public static Outcome<double> Finite(double value, string what)
        => double.IsFinite(value) ? Success(value) : Failed<double>($"{what} is not finite");
}
