namespace WeightWatcher;

/// <summary>
/// Hands out the tensors of all artifacts to threads: files that are to be hashed, then the largest work first, and only what fits into the memory budget beside the tensors under way. A tensor
/// that exceeds the budget by itself gets its turn when nothing else is under way, and is then alone.
/// </summary>
/// <param name="budget">The bytes that all tensors under way may need together.</param>
internal sealed class TensorQueue(long budget)
{
    private readonly object _gate = new();
    private readonly List<(TensorBatch Batch, TensorWork Tensor)> _pending = [];
    private readonly List<TensorWork> _underWay = [];
    private long _inUse;
    private bool _isClosed;

    /// <summary>Adds the tensors of an artifact. Of equal work, those that were added first come first, in the order of their artifact.</summary>
    public void Add(TensorBatch batch)
    {
        lock (_gate)
        {
            batch.Remaining = batch.Tensors.Length;
            List<(TensorBatch, TensorWork Tensor)> sorted =
            [
                .. _pending.Concat(batch.Tensors.OrderBy(t => t.Position).Select(t => (batch, t))).OrderByDescending(p => p.Item2.IsFiles).ThenByDescending(p => p.Item2.Work),
            ];
            _pending.Clear();
            _pending.AddRange(sorted);
            Call();
        }
    }

    /// <summary>
    /// The next tensor, as soon as there is one and memory for it; null when the queue was closed. Each one taken must be given back. Meanwhile the thread helps with the largest tensor
    /// under way.
    /// </summary>
    public (TensorBatch Batch, TensorWork Tensor)? Take()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_isClosed)
                    return null;
                int next = _pending.FindIndex(p => p.Tensor.Bytes <= budget - _inUse);
                if (next < 0 && _underWay.Count == 0 && _pending.Count > 0)
                    next = 0;
                if (next >= 0)
                {
                    (TensorBatch batch, TensorWork tensor) = _pending[next];
                    _pending.RemoveAt(next);
                    _underWay.Add(tensor);
                    _inUse += tensor.Bytes;

                    // Those who wait without anything to help with may help with this one.
                    Monitor.PulseAll(_gate);
                    return (batch, tensor);
                }

                if (_underWay.MaxBy(t => t.Work) is not { } largest)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                int seen = largest.Team.Dismissals;
                Monitor.Exit(_gate);
                try
                {
                    largest.Team.Serve(seen);
                }
                finally
                {
                    Monitor.Enter(_gate);
                }
            }
        }
    }

    /// <summary>Gives a tensor's memory back; it is done.</summary>
    public void Release(TensorBatch batch, TensorWork tensor)
    {
        lock (_gate)
        {
            _underWay.Remove(tensor);
            tensor.Team.Dispose();
            _inUse -= tensor.Bytes;
            batch.Remaining--;
            Call();
        }
    }

    /// <summary>Notes that a tensor failed; those after it in its artifact are not handed out any more.</summary>
    public void Fail(TensorBatch batch, TensorWork tensor, Exception exception)
    {
        lock (_gate)
        {
            if (batch.Blame(tensor, exception))
                Drop(batch, t => t.Position > tensor.Position);
        }
    }

    /// <summary>Hands out no more tensors of an artifact.</summary>
    public void Drop(TensorBatch batch)
    {
        lock (_gate)
            Drop(batch, _ => true);
    }

    /// <summary>Waits until no tensor of an artifact is waiting or under way.</summary>
    public void Wait(TensorBatch batch)
    {
        lock (_gate)
        {
            while (batch.Remaining > 0)
                Monitor.Wait(_gate);
        }
    }

    /// <summary>Hands out nothing more; threads that wait for a tensor get none.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Call();
        }
    }

    private void Drop(TensorBatch batch, Predicate<TensorWork> which)
    {
        batch.Remaining -= _pending.RemoveAll(p => p.Batch == batch && which(p.Tensor));
        Call();
    }

    /// <summary>Has everybody look at the queue, also those who help.</summary>
    private void Call()
    {
        foreach (TensorWork tensor in _underWay)
            tensor.Team.Dismiss();
        Monitor.PulseAll(_gate);
    }
}
