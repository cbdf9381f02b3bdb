namespace WeightWatcher.Checkpoints.Composition;

/// <summary>
/// A tensor that is computed from other tensors row by row, a row being all elements along the last axis. Nothing is held between reads but what a
/// kind of tensor says of itself.
/// </summary>
internal abstract class RowTensor : Tensor
{
    private const int MostElements = 1 << 20;

    /// <inheritdoc/>
    public override bool IsFloatingPoint => true;

    /// <inheritdoc/>
    public sealed override void Read(long start, Span<double> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Count - start, nameof(destination));
        if (destination.IsEmpty)
            return;
        long width = Shape.IsEmpty ? 1 : Shape[^1];
        long row = start / width;
        long column = start % width;
        while (!destination.IsEmpty)
        {
            int columns = (int)Math.Min(width - column, destination.Length);
            int rows = columns == width ? (int)Math.Min(destination.Length / width, Math.Max(1, MostElements / width)) : 1;
            ReadBox(row, rows, column, columns, destination[..(rows * columns)]);
            destination = destination[(rows * columns)..];
            row += rows;
            column = 0;
        }
    }

    /// <summary>Computes a part of one row, or whole rows.</summary>
    /// <param name="row">The first row, all axes but the last taken as one.</param>
    /// <param name="rows">1, or more when <paramref name="columns"/> is the whole width.</param>
    /// <param name="column">The first column.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="destination">Receives <c>rows x columns</c> elements, row by row.</param>
    protected abstract void ReadBox(long row, int rows, long column, int columns, Span<double> destination);
}
