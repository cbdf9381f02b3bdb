using System.Collections.Immutable;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Checkpoints.Hdf5;

/// <summary>The shape of a dataset (HDF5 File Format Specification 3.0, section IV.A.2.b).</summary>
internal static class Hdf5Dataspace
{
    private const int MaxRank = 32;

    /// <summary>Reads a dataspace message.</summary>
    /// <returns>The length of each axis; empty for a scalar, [0] for a null dataspace.</returns>
    public static ImmutableArray<long> Read(Hdf5Cursor cursor) => Read(cursor, out _);

    /// <summary>Reads a dataspace message.</summary>
    /// <param name="cursor">The message.</param>
    /// <param name="most">How long each axis may become; -1 for one without a limit.</param>
    public static ImmutableArray<long> Read(Hdf5Cursor cursor, out ImmutableArray<long> most)
    {
        most = [0];
        byte version = cursor.U8();
        if (version is not (1 or 2))
            throw cursor.Unsupported(FormattableString.Invariant($"a dataspace has version {version}; 1 and 2 can be read"));
        int rank = cursor.U8();
        if (rank > MaxRank)
            throw new ArtifactException(ArtifactCodes.InvalidShape, FormattableString.Invariant($"a dataset has {rank} dimensions; HDF5 allows {MaxRank}")) { Offset = cursor.FileOffset };
        bool hasMost = (cursor.U8() & 0x01) != 0;
        bool isNull = version == 2 && cursor.U8() == 2;
        if (isNull)
            return [0];
        cursor.Skip(version == 1 ? 5 : 0);
        ImmutableArray<long>.Builder shape = ImmutableArray.CreateBuilder<long>(rank);
        for (int axis = 0; axis < rank; axis++)
            shape.Add(cursor.Length());
        ImmutableArray<long> lengths = shape.MoveToImmutable();
        most = lengths;
        if (hasMost)
        {
            for (int axis = 0; axis < rank; axis++)
                shape.Add(cursor.LengthOrUnlimited());
            most = shape.DrainToImmutable();
            for (int axis = 0; axis < rank; axis++)
            {
                if (most[axis] >= 0 && most[axis] < lengths[axis])
                    throw cursor.Malformed(FormattableString.Invariant($"axis {axis} of a dataset has the length {lengths[axis]}, which is more than its largest, {most[axis]}"));
            }
        }

        return lengths;
    }
}
