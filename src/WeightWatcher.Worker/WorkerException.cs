using WeightWatcher.Execution;

namespace WeightWatcher.Worker;

/// <summary>Ends the work with a fault of its own kind.</summary>
internal sealed class WorkerException(ExecutionFault fault, string message) : Exception(message)
{
    public ExecutionFault Fault => fault;
}
