namespace WeightWatcher.LinearAlgebra;

/// <summary>
/// Lets threads that have nothing of their own to do help with the matrix of another. They may come at any time and none need come: the work is cut the same way for any number of
/// them, whoever is free takes the next piece, nobody spins, and the owner waits for pieces under way only. Results have the same bits with and without help.
/// </summary>
internal sealed class KernelTeam : IDisposable
{
    private readonly object gate = new();
    private Job? current;
    private int helpers;
    private int dismissals;
    private bool closed;

    /// <summary>Whether somebody is here to help.</summary>
    public bool HasHelpers => Volatile.Read(ref helpers) > 0;

    /// <summary>How often helpers were dismissed; see <see cref="Serve(int)"/>.</summary>
    public int Dismissals => Volatile.Read(ref dismissals);

    /// <summary>Works for the owner until <see cref="Dispose"/>; called by a thread that is idle.</summary>
    public void Serve()
    {
        while (!Volatile.Read(ref closed))
            Serve(Dismissals);
    }

    /// <summary>Works for the owner until <see cref="Dispose"/> or the next <see cref="Dismiss"/>.</summary>
    /// <param name="seen">What <see cref="Dismissals"/> was when the thread was found to be idle: it does not stay when it was needed elsewhere since.</param>
    public void Serve(int seen)
    {
        lock (gate)
        {
            helpers++;
            while (!closed && dismissals == seen)
            {
                if (current is not { IsOpen: true } job)
                {
                    Monitor.Wait(gate);
                    continue;
                }

                job.Helpers++;
                Monitor.Exit(gate);
                try
                {
                    job.Work(() => Volatile.Read(ref dismissals) != seen);
                }
                finally
                {
                    Monitor.Enter(gate);
                    job.Helpers--;
                    Monitor.PulseAll(gate);
                }
            }

            helpers--;
        }
    }

    /// <summary>Runs the pieces 0 to count - 1, which depend on nothing that another one writes, in any order; called by the owner.</summary>
    /// <exception cref="OperationCanceledException">A piece was cancelled. What another exception of a piece was is thrown likewise.</exception>
    public void Run(int count, Action<int> piece)
    {
        Job job = new(count, piece);
        lock (gate)
        {
            current = job;
            Monitor.PulseAll(gate);
        }

        job.Work();
        lock (gate)
        {
            current = null;
            while (job.Helpers > 0)
                Monitor.Wait(gate);
        }

        job.ThrowFailure();
    }

    /// <summary>Sends the helpers away once they have done the piece under way: there is other work. They may come back.</summary>
    public void Dismiss()
    {
        lock (gate)
        {
            dismissals++;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Sends the helpers away.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            Monitor.PulseAll(gate);
        }
    }

    private sealed class Job(int count, Action<int> piece)
    {
        private int taken;
        private Exception? failure;

        /// <summary>How many helpers are in <see cref="Work"/>; guarded by the gate of the team.</summary>
        public int Helpers { get; set; }

        public bool IsOpen => Volatile.Read(ref taken) < count;

        public void Work(Func<bool>? isDismissed = null)
        {
            int index;
            while (isDismissed?.Invoke() != true && (index = Interlocked.Increment(ref taken) - 1) < count)
            {
                try
                {
                    piece(index);
                }
#pragma warning disable CA1031 // It is thrown where the work was asked for.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                    Volatile.Write(ref taken, count);
                }
            }
        }

        public void ThrowFailure()
        {
            if (failure is not null)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }
}
