namespace WeightWatcher.Policies;

/// <summary>What a rule compares with: the baseline's value, or what was held or accepted in its place.</summary>
/// <param name="Value">The value.</param>
/// <param name="Held">True when it is that of an earlier, better model than the baseline's own.</param>
/// <param name="Accepted">The accepted change whose value it is, or null.</param>
/// <param name="Expired">The accepted change that held no longer, or null.</param>
internal readonly record struct ReferenceValue(double Value, bool Held, AcceptedChange? Accepted, AcceptedChange? Expired)
{
    /// <summary>A value as it stands.</summary>
    public static ReferenceValue Of(double value) => new(value, false, null, null);

    /// <summary>What a message should say of it, a clause or the empty string.</summary>
    public string Context => Expired is { } expired
        ? $"; the acceptance of {Numbers.Text(expired.To ?? 0)} held until {expired.UntilText}"
        : Accepted is { } accepted ? $"; {Numbers.Text(accepted.From ?? 0)} before it was accepted"
        : Held ? "; the baseline keeps the value of an earlier model" : "";
}
