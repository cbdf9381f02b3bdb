namespace WeightWatcher.Tests.Scheduling;

public sealed class TensorQueueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_largest_work_comes_first_and_equal_work_in_the_order_of_the_artifact()
    {
        TensorQueue queue = new(budget: 100);
        queue.Add(Batch(Tensor(0, 1), Tensor(1, 3), Tensor(2, 2), Tensor(3, 3)));
        Assert.Equal([1, 3, 2, 0], TakeAll(queue).Select(t => t.Layers[0]));
    }

    [Fact]
    public void The_tensors_of_all_artifacts_are_one_queue()
    {
        TensorQueue queue = new(budget: 100);
        queue.Add(Batch(Tensor(0, 1), Tensor(1, 5)));
        queue.Add(Batch(Tensor(0, 3), Tensor(1, 1), Tensor(2, 9)));
        Assert.Equal([9, 5, 3, 1, 1], TakeAll(queue).Select(t => t.Work));
    }

    [Fact]
    public void What_does_not_fit_beside_the_tensors_under_way_lets_smaller_ones_pass()
    {
        TensorQueue queue = new(budget: 100);
        queue.Add(Batch(Tensor(0, 9, bytes: 60), Tensor(1, 8, bytes: 50), Tensor(2, 7, bytes: 40)));
        (TensorBatch batch, TensorWork first) = queue.Take()!.Value;
        Assert.Equal(2, queue.Take()!.Value.Tensor.Layers[0]);
        queue.Release(batch, first);
        Assert.Equal(1, queue.Take()!.Value.Tensor.Layers[0]);
    }

    [Fact]
    public async Task A_tensor_above_the_budget_runs_alone()
    {
        TensorQueue queue = new(budget: 100);
        queue.Add(Batch(Tensor(0, 9, bytes: 1000), Tensor(1, 8, bytes: 1), Tensor(2, 10, bytes: 1)));
        (TensorBatch batch, TensorWork small) = queue.Take()!.Value;
        TensorWork other = queue.Take()!.Value.Tensor;
        Assert.Equal([2, 1], [small.Layers[0], other.Layers[0]]);
        Task<(TensorBatch, TensorWork Tensor)?> large = Task.Run(queue.Take, Token);
        queue.Release(batch, small);
        Assert.False(large.IsCompleted);
        queue.Release(batch, other);
        Assert.Equal(0, (await large)!.Value.Tensor.Layers[0]);
    }

    [Fact]
    public async Task A_closed_queue_ends_every_wait()
    {
        TensorQueue queue = new(budget: 100);
        Task<(TensorBatch, TensorWork)?> waiting = Task.Run(queue.Take, Token);
        queue.Close();
        Assert.Null(await waiting);
    }

    [Fact]
    public void The_first_failure_in_the_order_of_the_artifact_is_kept_whatever_failed_first()
    {
        TensorQueue queue = new(budget: 100);
        TensorBatch batch = Batch(Tensor(0, 1), Tensor(1, 2), Tensor(2, 4), Tensor(3, 3)), other = Batch(Tensor(0, 0.5));
        queue.Add(batch);
        queue.Add(other);
        TensorWork two = queue.Take()!.Value.Tensor;
        queue.Fail(batch, two, new InvalidOperationException("two"));
        queue.Release(batch, two);
        TensorWork one = queue.Take()!.Value.Tensor;
        Assert.Equal(1, one.Layers[0]);
        queue.Fail(batch, one, new InvalidOperationException("one"));
        queue.Release(batch, one);
        Assert.False(batch.Blame(two, new InvalidOperationException("two again")));
        Assert.Equal("one", batch.Failure!.Message);

        // What comes before the failure is still looked at, and the other artifact has nothing to do with it.
        Assert.Equal([batch, other], TakeAllBatches(queue));
        Assert.Equal((0, 0), (batch.Remaining, other.Remaining));
        Assert.Null(other.Failure);
    }

    [Fact]
    public void A_dropped_artifact_is_done_when_nothing_of_it_is_under_way()
    {
        TensorQueue queue = new(budget: 100);
        TensorBatch batch = Batch(Tensor(0, 1), Tensor(1, 2), Tensor(2, 4)), other = Batch(Tensor(0, 0.5));
        queue.Add(batch);
        queue.Add(other);
        TensorWork under = queue.Take()!.Value.Tensor;
        queue.Drop(batch);
        Assert.Equal(1, batch.Remaining);
        queue.Release(batch, under);
        queue.Wait(batch);
        Assert.Equal([other], TakeAllBatches(queue));
    }

    [Fact]
    public void Files_come_before_the_tensors_of_all_artifacts_and_are_blamed_after_those_of_their_own()
    {
        TensorQueue queue = new(100);
        TensorWork files = TensorWork.Files(1), more = TensorWork.Files(1);
        TensorBatch batch = Batch(Tensor(0, 5), files), other = Batch(more, Tensor(0, 7));
        queue.Add(batch);
        queue.Add(other);
        Assert.Equal([files, more, other.Tensors[1], batch.Tensors[0]], TakeAll(queue));
        queue.Fail(batch, files, new IOException("files"));
        Assert.Equal("files", batch.Failure?.Message);
        queue.Fail(batch, batch.Tensors[0], new IOException("tensor"));
        queue.Fail(batch, files, new IOException("files"));
        Assert.Equal("tensor", batch.Failure?.Message);
    }

    private static TensorBatch Batch(params TensorWork[] tensors) => new(tensors, _ => { }, CancellationToken.None);

    private static TensorWork Tensor(int layer, double work, long bytes = 1) => new([layer], work, bytes);

    private static List<TensorWork> TakeAll(TensorQueue queue) => [.. Taken(queue).Select(t => t.Tensor)];

    private static List<TensorBatch> TakeAllBatches(TensorQueue queue) => [.. Taken(queue).Select(t => t.Batch)];

    private static List<(TensorBatch Batch, TensorWork Tensor)> Taken(TensorQueue queue)
    {
        // Taking from an empty queue waits: a last one is added that ends it.
        TensorBatch end = Batch(Tensor(0, -1));
        queue.Add(end);
        List<(TensorBatch, TensorWork)> taken = [];
        while (queue.Take() is var (batch, tensor) && batch != end)
        {
            taken.Add((batch, tensor));
            queue.Release(batch, tensor);
        }

        return taken;
    }
}
