using System.Diagnostics;
using System.Runtime.ExceptionServices;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher;

/// <summary>
/// Threads and memory that several analyses share: the layers of all artifacts are in one queue, the largest first, one thread for each, and what is under way
/// stays within one budget. Results do not depend on it.
/// </summary>
public sealed class AnalysisPool : IDisposable
{
    /// <summary>The work of a matrix from which on a thread without a tensor of its own is of use: 512 columns and as many rows.</summary>
    private const double SharedWork = 512.0 * 512 * 512;

    /// <summary>The elements of a tensor from which on it matters what the system's allocator keeps.</summary>
    private const long FewestTrimmed = 1 << 19;

    /// <summary>How long the system's allocator is not asked again for what it keeps.</summary>
    private static readonly TimeSpan BetweenTrims = TimeSpan.FromMilliseconds(500);

    private readonly TensorQueue _queue;
    private readonly int _mostThreads;
    private readonly List<Thread> _threads = [];
    private long _trimmed;

    /// <summary>Makes a pool; threads start with the first work.</summary>
    /// <param name="maxThreads">The most threads, 1 or more, or null for one per processor.</param>
    /// <param name="memoryBudget">The bytes that the layers under way may need together, or null for a quarter of the machine's memory.</param>
    public AnalysisPool(int? maxThreads = null, long? memoryBudget = null)
    {
        if (maxThreads is { } threads)
            ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1, nameof(maxThreads));
        _mostThreads = maxThreads ?? Environment.ProcessorCount;
        _queue = new TensorQueue(LayerMemory.Budget(memoryBudget));
    }

    /// <summary>Ends the threads once the work under way is done.</summary>
    public void Dispose()
    {
        _queue.Close();
        lock (_threads)
        {
            foreach (Thread thread in _threads)
                thread.Join();
            _threads.Clear();
        }
    }

    /// <summary>Analyses the tensors of an artifact, among those of others, and waits for them.</summary>
    /// <exception cref="OperationCanceledException">The token of the batch was cancelled; none of its tensors is under way any more.</exception>
    internal void Run(TensorBatch batch)
    {
        batch.CancellationToken.ThrowIfCancellationRequested();
        _queue.Add(batch);
        Start(batch.Tensors.Any(t => t.Work >= SharedWork) ? _mostThreads : batch.Tensors.Length);
        using (batch.CancellationToken.UnsafeRegister(_ => _queue.Drop(batch), null))
            _queue.Wait(batch);
        batch.CancellationToken.ThrowIfCancellationRequested();
        if (batch.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Has the system's allocator give back what it keeps, for the most part from compiling code, which is as much as a layer; now and then.</summary>
    /// <param name="elements">The elements of a tensor that was analysed.</param>
    internal void TrimAllocator(long elements)
    {
        if (elements < FewestTrimmed)
            return;
        long last = Interlocked.Read(ref _trimmed);
        if (Stopwatch.GetElapsedTime(last) >= BetweenTrims && Interlocked.CompareExchange(ref _trimmed, Stopwatch.GetTimestamp(), last) == last)
            SystemAllocator.Trim();
    }

    private void Start(int wanted)
    {
        lock (_threads)
        {
            for (int i = Math.Min(wanted, _mostThreads - _threads.Count); i > 0; i--)
            {
                // Threads of their own: an analysis of minutes must not hold the pool that a build or a test runner works on.
                Thread thread = new(Work) { IsBackground = true, Name = "WeightWatcher analysis" };
                _threads.Add(thread);
                thread.Start();
            }
        }
    }

    private void Work()
    {
        while (_queue.Take() is var (batch, tensor))
        {
            try
            {
                batch.Run(tensor);
            }
            catch (Exception) when (batch.CancellationToken.IsCancellationRequested)
            {
                // Whoever waits for the artifact looks at the token.
            }
#pragma warning disable CA1031 // Nothing may escape from a thread; it is thrown where the analysis was asked for.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _queue.Fail(batch, tensor, e);
            }
            finally
            {
                _queue.Release(batch, tensor);
            }
        }

        HugePages.Trim();
    }
}
