using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Policies;

/// <summary>Reads numbers that can be percentages: <c>2</c> or <c>10%</c>.</summary>
internal static class RuleAmountReader
{
    /// <summary>A number of layers or a percentage of them, for <c>allow</c>. Fractions are refused: 0.1 could mean either.</summary>
    public static RuleAmount? Allowance(MappingReader reader, FaultList faults)
    {
        if (Scalar(reader, "allow", faults) is not { } scalar)
            return null;
        if (TryPercent(scalar, out double percent))
            return InRange(percent, 0, 100, maxAllowed: false) ? new RuleAmount(percent, true) : Refuse(PolicyFileCodes.OutOfRange, scalar, "'allow' must be from 0% to less than 100%: a rule that every layer may break judges nothing", faults);
        if (!scalar.Plain || !YamlScalar.TryNumber(scalar.Value, out double number))
            return Refuse(PolicyFileCodes.WrongType, scalar, $"'allow' must be a number of layers or a percentage, such as 2 or 10%, not {MappingReader.Found(scalar)}", faults);
        if (!double.IsFinite(number))
            return Refuse(PolicyFileCodes.NotFinite, scalar, $"'allow' must be a number of layers or a percentage, not {Printable.Text(scalar.Value)}", faults);
        if (!YamlScalar.IsInteger(scalar.Value))
        {
            string percentage = number is > 0 and < 1 ? $"; write {Numbers.Text(number * 100)}% for that share of the layers" : "";
            return Refuse(PolicyFileCodes.AmbiguousAllowance, scalar, $"'allow' must be a whole number of layers or a percentage, not {Printable.Text(scalar.Value)}{percentage}", faults);
        }

        return InRange(number, 0, int.MaxValue, maxAllowed: true) ? new RuleAmount(number, false) : Refuse(PolicyFileCodes.OutOfRange, scalar, System.FormattableString.Invariant($"'allow' must be from 0 to {int.MaxValue}"), faults);
    }

    /// <summary>A tolerance against the baseline: a number, a percentage of the baseline's value, or a list of one of each, of which the larger holds; 0 or more.</summary>
    public static RuleTolerance? Tolerance(MappingReader reader, string key, FaultList faults)
    {
        if (reader.Value(key) is SequenceNode list)
        {
            RuleAmount?[] amounts = [.. list.Items.Select(item => item is ScalarNode { IsNull: false } scalar ? Tolerance(scalar, key, faults) : null)];
            if (amounts is [{ } first, { } second] && first.IsPercent != second.IsPercent)
                return first.IsPercent ? new RuleTolerance(second.Value, first.Value) : new RuleTolerance(first.Value, second.Value);
            if (!faults.Any || amounts.Length != 2)
                faults.Add(PolicyFileCodes.WrongType, list, $"'{key}' must be a number, a percentage, or a list of one of each, such as [0.05, 10%]");
            return null;
        }

        if (Scalar(reader, key, faults) is not { } only || Tolerance(only, key, faults) is not { } amount)
            return null;
        return amount.IsPercent ? new RuleTolerance(null, amount.Value) : new RuleTolerance(amount.Value, null);
    }

    /// <summary>A ratio, as a number or as a percentage, 0 or more: 1% is 0.01.</summary>
    public static double? Ratio(MappingReader reader, string key, FaultList faults) =>
        Scalar(reader, key, faults) is { } scalar && Tolerance(scalar, key, faults) is { } amount ? amount.IsPercent ? amount.Value / 100 : amount.Value : null;

    /// <summary>A number of standard errors, 0 or more.</summary>
    public static double? StandardErrors(MappingReader reader, FaultList faults)
    {
        if (reader.Number("standard_errors") is not { } number)
            return null;
        if (number >= 0)
            return number;
        faults.Add(PolicyFileCodes.OutOfRange, reader.At("standard_errors"), "'standard_errors' must be 0 or more");
        return null;
    }

    private static RuleAmount? Tolerance(ScalarNode scalar, string key, FaultList faults)
    {
        bool isPercent = TryPercent(scalar, out double value);
        if (!isPercent)
        {
            if (!scalar.Plain || !YamlScalar.TryNumber(scalar.Value, out value))
                return Refuse(PolicyFileCodes.WrongType, scalar, $"'{key}' must be a number or a percentage, such as 0.5 or 5%, not {MappingReader.Found(scalar)}", faults);
            if (!double.IsFinite(value))
                return Refuse(PolicyFileCodes.NotFinite, scalar, $"'{key}' must be finite, not {Printable.Text(scalar.Value)}; leave the key out for no limit", faults);
        }

        return value >= 0 ? new RuleAmount(value, isPercent) : Refuse(PolicyFileCodes.OutOfRange, scalar, $"'{key}' must be 0 or more, not {Printable.Text(scalar.Value)}", faults);
    }

    /// <summary>A share that must be written as a percentage, 0% to 100%; returned as 0 to 1.</summary>
    public static double? Share(MappingReader reader, string key, FaultList faults)
    {
        if (Scalar(reader, key, faults) is not { } scalar)
            return null;
        if (TryPercent(scalar, out double percent))
        {
            if (InRange(percent, 0, 100, maxAllowed: true))
                return percent / 100;
            faults.Add(PolicyFileCodes.OutOfRange, scalar, $"'{key}' must be from 0% to 100%, not {Printable.Text(scalar.Value)}");
            return null;
        }

        bool isNumber = scalar.Plain && YamlScalar.TryNumber(scalar.Value, out double number) && double.IsFinite(number);
        string hint = isNumber && YamlScalar.TryNumber(scalar.Value, out number) ? $"; write {Numbers.Text(number is > 0 and <= 1 ? number * 100 : number)}%" : ", such as 90%";
        faults.Add(PolicyFileCodes.WrongType, scalar, $"'{key}' must be a percentage{hint}, not {MappingReader.Found(scalar)}");
        return null;
    }

    private static ScalarNode? Scalar(MappingReader reader, string key, FaultList faults)
    {
        PolicyNode? node = reader.Value(key);
        if (node is ScalarNode { IsNull: false } scalar)
            return scalar;
        if (node is not null)
            faults.Add(PolicyFileCodes.WrongType, node, $"'{key}' must be a number or a percentage, not {node.Kind}");
        return null;
    }

    // Quoted percentages are the same as plain ones: a % needs no quotes, and editors add them.
    private static bool TryPercent(ScalarNode scalar, out double percent)
    {
        percent = 0;
        return scalar.Value.EndsWith('%') && YamlScalar.TryNumber(scalar.Value[..^1], out percent) && double.IsFinite(percent);
    }

    private static bool InRange(double value, double min, double max, bool maxAllowed) => value >= min && (value < max || (maxAllowed && value == max));

    private static RuleAmount? Refuse(DiagnosticCode code, ScalarNode at, string message, FaultList faults)
    {
        faults.Add(code, at, message);
        return null;
    }
}
