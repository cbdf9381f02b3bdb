using System.Collections.Immutable;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher;

/// <summary>The analysis of one tensor, which one thread does; or the hashing of the artifact's files, which comes before all tensors, since it may say that nothing has to be read.</summary>
/// <param name="Layers">The positions of its layers among all of the artifact, ascending; none for the files.</param>
/// <param name="Work">Its floating-point work, in any unit that all tensors share.</param>
/// <param name="Bytes">The memory that it needs, estimated.</param>
internal sealed record TensorWork(ImmutableArray<int> Layers, double Work, long Bytes)
{
    /// <summary>The artifact's files.</summary>
    /// <param name="bytes">The memory that hashing needs.</param>
    public static TensorWork Files(long bytes) => new([], 0, bytes);

    /// <summary>Whether this is the hashing of the artifact's files.</summary>
    public bool IsFiles => Layers.IsEmpty;

    /// <summary>The place in the order of the artifact, after which the first of several failures is told; that of the files is the last one, since what is wrong with a tensor says more.</summary>
    public int Position => Layers.IsEmpty ? int.MaxValue : Layers[0];

    /// <summary>Whoever has nothing else to do helps with its matrices.</summary>
    public KernelTeam Team { get; } = new();
}

/// <summary>The tensors of one artifact, in a queue together with those of others. Guarded by the queue.</summary>
/// <param name="tensors">The tensors, in any order, and perhaps the files.</param>
/// <param name="run">Analyses one of them.</param>
/// <param name="cancellationToken">Stops this artifact and no other.</param>
internal sealed class TensorBatch(IEnumerable<TensorWork> tensors, Action<TensorWork> run, CancellationToken cancellationToken)
{
    private TensorWork? _failed;

    /// <summary>The tensors.</summary>
    public ImmutableArray<TensorWork> Tensors { get; } = [.. tensors];

    /// <summary>Analyses a tensor.</summary>
    public Action<TensorWork> Run { get; } = run;

    /// <summary>Stops this artifact and no other.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>How many tensors are waiting or under way.</summary>
    public int Remaining { get; set; }

    /// <summary>What the first tensor in the order of the artifact that failed threw, whatever ran first; or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>
    /// Notes that a tensor failed. Those after it in the artifact are of no use any more; those before it are, so that the same one is blamed with any number of threads.
    /// </summary>
    /// <returns>Whether this is the first one to blame so far.</returns>
    public bool Blame(TensorWork tensor, Exception exception)
    {
        if (_failed is not null && _failed.Position <= tensor.Position)
            return false;
        (_failed, Failure) = (tensor, exception);
        return true;
    }
}
