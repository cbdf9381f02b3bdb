using System.Collections.Immutable;

namespace WeightWatcher;

/// <summary>The analysis of one tensor, which one thread does.</summary>
/// <param name="Layers">The positions of its layers among all, ascending; at least one.</param>
/// <param name="Work">Its floating-point work, in any unit that all tensors share.</param>
/// <param name="Bytes">The memory that it needs, estimated.</param>
internal sealed record TensorWork(ImmutableArray<int> Layers, double Work, long Bytes);

/// <summary>
/// Hands out tensors to threads: the largest work first, and only what fits into the memory budget beside the tensors under way. A tensor
/// that exceeds the budget by itself gets its turn when nothing else is under way, and is then alone.
/// </summary>
internal sealed class TensorQueue
{
    private readonly object _gate = new();
    private readonly List<TensorWork> _pending;
    private readonly long _budget;
    private long _inUse;
    private int _running;
    private TensorWork? _failed;

    /// <summary>Makes a queue.</summary>
    /// <param name="tensors">The tensors, in any order.</param>
    /// <param name="budget">The bytes that all tensors under way may need together.</param>
    public TensorQueue(IEnumerable<TensorWork> tensors, long budget)
    {
        _pending = [.. tensors.OrderByDescending(t => t.Work).ThenBy(t => t.Layers[0])];
        _budget = budget;
    }

    /// <summary>What the first tensor in the order of the artifact that failed threw, whatever ran first; or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The next tensor, as soon as there is memory for it; null when none is left. Each one taken must be given back.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; a wait ends when <see cref="Wake"/> is called.</exception>
    public TensorWork? Take(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_pending.Count == 0)
                    return null;
                int next = _pending.FindIndex(t => t.Bytes <= _budget - _inUse);
                if (next < 0 && _running == 0)
                    next = 0;
                if (next >= 0)
                {
                    TensorWork tensor = _pending[next];
                    _pending.RemoveAt(next);
                    _running++;
                    _inUse += tensor.Bytes;
                    return tensor;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Gives a tensor's memory back.</summary>
    public void Release(TensorWork tensor)
    {
        lock (_gate)
        {
            _running--;
            _inUse -= tensor.Bytes;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>
    /// Notes that a tensor failed. Tensors after it in the artifact are not handed out any more; those before it are, so that the same one is
    /// blamed with any number of threads.
    /// </summary>
    public void Fail(TensorWork tensor, Exception exception)
    {
        lock (_gate)
        {
            if (_failed is not null && _failed.Layers[0] <= tensor.Layers[0])
                return;
            (_failed, Failure) = (tensor, exception);
            _pending.RemoveAll(t => t.Layers[0] > tensor.Layers[0]);
        }
    }

    /// <summary>Lets threads that wait for memory look at their token.</summary>
    public void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
