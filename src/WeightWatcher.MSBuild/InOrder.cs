using System.Runtime.ExceptionServices;

namespace WeightWatcher.MSBuild;

/// <summary>Does several things at once that mostly wait for the same pool of threads, and hands out their results in order.</summary>
internal static class InOrder
{
    /// <summary>How many are under way at once: each has a file open and describes its tensors.</summary>
    private const int MostAtOnce = 16;

    /// <summary>Runs <paramref name="work"/> for 0 to <paramref name="count"/> - 1.</summary>
    /// <returns>The results in order, each as soon as it and those before it are there.</returns>
    /// <remarks>
    /// The exception of the first that failed is thrown in its place, when nothing is under way any more and nothing else was begun.
    /// </remarks>
    public static IEnumerable<T> Run<T>(int count, Func<int, T> work)
        where T : class
    {
        // Most projects have one model, and an unchanged one is not worth a thread.
        return count == 1 ? One(work) : Several(count, work);
    }

    private static IEnumerable<T> One<T>(Func<int, T> work)
    {
        yield return work(0);
    }

    private static IEnumerable<T> Several<T>(int count, Func<int, T> work)
        where T : class
    {
        object gate = new();
        T?[] results = new T?[count];
        ExceptionDispatchInfo?[] failures = new ExceptionDispatchInfo?[count];
        int next = 0;
        bool stop = false;

        void Loop()
        {
            while (true)
            {
                int own;
                lock (gate)
                {
                    if (stop || next == count)
                        return;
                    own = next++;
                }

                T? result = null;
                ExceptionDispatchInfo? failure = null;
                try
                {
                    result = work(own);
                }
#pragma warning disable CA1031 // Nothing may escape from a thread; it is thrown where the results are asked for.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }

                lock (gate)
                {
                    (results[own], failures[own]) = (result, failure);
                    stop |= failure is not null;
                    Monitor.PulseAll(gate);
                }
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Math.Min(count, MostAtOnce)).Select(_ => new Thread(Loop) { IsBackground = true, Name = "WeightWatcher gate" })];
        foreach (Thread thread in threads)
            thread.Start();
        try
        {
            for (int i = 0; i < count; i++)
            {
                lock (gate)
                {
                    // What was never begun because something before it failed has neither; the failure comes first in order.
                    while (results[i] is null && failures[i] is null)
                        Monitor.Wait(gate);
                }

                if (failures[i] is { } failure)
                {
                    Join(threads);
                    failure.Throw();
                }

                yield return results[i]!;
            }
        }
        finally
        {
            lock (gate)
                stop = true;
            Join(threads);
        }
    }

    private static void Join(Thread[] threads)
    {
        foreach (Thread thread in threads)
            thread.Join();
    }
}
