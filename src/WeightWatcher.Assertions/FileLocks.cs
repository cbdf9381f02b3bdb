using System.Collections.Concurrent;

namespace WeightWatcher.Assertions;

/// <summary>Lets one test of a process at a time read and write a file.</summary>
internal sealed class FileLocks
{
    // Names that differ in case alone are one file on some systems; elsewhere two files then wait for each other, which does no harm.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The locks of this process.</summary>
    public static FileLocks Process { get; } = new();

    /// <summary>Does work on a file while no other work on it is done.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="work">The work; it must not ask for the same file.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled while waiting.</exception>
    public T Hold<T>(string path, Func<T> work, CancellationToken cancellationToken)
    {
        SemaphoreSlim gate = _locks.GetOrAdd(Path.GetFullPath(path), _ => new SemaphoreSlim(1));
        gate.Wait(cancellationToken);
        try
        {
            return work();
        }
        finally
        {
            gate.Release();
        }
    }
}
