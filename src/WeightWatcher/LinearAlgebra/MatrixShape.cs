namespace WeightWatcher.LinearAlgebra;

/// <summary>Checks what a caller says about the shape of a matrix.</summary>
internal static class MatrixShape
{
    /// <summary>Throws unless a matrix of these lengths can be rows x columns with one value for each of the shorter side.</summary>
    public static void Check(int entries, int rows, int columns, int values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (entries != (long)rows * columns)
            throw new ArgumentException($"A {rows} x {columns} matrix was given with {entries} entries.", nameof(entries));
        if (values != Math.Min(rows, columns))
            throw new ArgumentException($"A {rows} x {columns} matrix has {Math.Min(rows, columns)} values, the destination holds {values}.", nameof(values));
    }
}
