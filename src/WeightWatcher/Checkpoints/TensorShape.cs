using System.Collections.Immutable;
using System.Globalization;

namespace WeightWatcher.Checkpoints;

/// <summary>Arithmetic on shapes that come from untrusted files.</summary>
internal static class TensorShape
{
    /// <summary>The number of elements, 1 for a scalar.</summary>
    /// <returns>False when an axis is negative, or when the product of the axes from the outermost on does not fit a <see cref="long"/>.</returns>
    public static bool TryCount(ReadOnlySpan<long> shape, out long count)
    {
        Int128 product = 1;
        count = 0;
        foreach (long axis in shape)
        {
            if (axis < 0)
                return false;
            product *= axis;
            if (product > long.MaxValue)
                return false;
        }

        count = (long)product;
        return true;
    }

    /// <summary>The shape as messages write it, for example <c>[512, 128]</c>; long ones are cut.</summary>
    public static string Text(ImmutableArray<long> shape)
    {
        IEnumerable<string> axes = shape.Take(8).Select(axis => axis.ToString(CultureInfo.InvariantCulture));
        return $"[{string.Join(", ", axes)}{(shape.Length > 8 ? ", ..." : "")}]";
    }
}
