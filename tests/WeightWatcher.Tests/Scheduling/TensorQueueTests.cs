namespace WeightWatcher.Tests.Scheduling;

public sealed class TensorQueueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_largest_work_comes_first_and_equal_work_in_the_order_of_the_artifact()
    {
        TensorQueue queue = new([Tensor(0, 1), Tensor(1, 3), Tensor(2, 2), Tensor(3, 3)], budget: 100);
        Assert.Equal([1, 3, 2, 0], TakeAll(queue));
        Assert.Null(queue.Take(Token));
    }

    [Fact]
    public void What_does_not_fit_beside_the_tensors_under_way_lets_smaller_ones_pass()
    {
        TensorQueue queue = new([Tensor(0, 9, bytes: 60), Tensor(1, 8, bytes: 50), Tensor(2, 7, bytes: 40)], budget: 100);
        TensorWork first = queue.Take(Token)!;
        TensorWork second = queue.Take(Token)!;
        Assert.Equal(2, second.Layers[0]);
        queue.Release(first);
        Assert.Equal(1, queue.Take(Token)!.Layers[0]);
    }

    [Fact]
    public async Task A_tensor_above_the_budget_runs_alone()
    {
        TensorQueue queue = new([Tensor(0, 9, bytes: 1000), Tensor(1, 8, bytes: 1), Tensor(2, 10, bytes: 1)], budget: 100);
        TensorWork small = queue.Take(Token)!;
        TensorWork other = queue.Take(Token)!;
        Assert.Equal([2, 1], [small.Layers[0], other.Layers[0]]);
        Task<TensorWork?> large = Task.Run(() => queue.Take(Token), Token);
        queue.Release(small);
        Assert.False(large.IsCompleted);
        queue.Release(other);
        Assert.Equal(0, (await large)!.Layers[0]);
    }

    [Fact]
    public async Task A_cancelled_wait_for_memory_ends()
    {
        TensorQueue queue = new([Tensor(0, 2, bytes: 100), Tensor(1, 1, bytes: 100)], budget: 100);
        queue.Take(Token);
        using CancellationTokenSource source = new();
        using CancellationTokenRegistration _ = source.Token.Register(queue.Wake);
        Task<TensorWork?> waiting = Task.Run(() => queue.Take(source.Token), Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void The_first_failure_in_the_order_of_the_artifact_is_kept_whatever_failed_first()
    {
        TensorQueue queue = new([Tensor(0, 1), Tensor(1, 2), Tensor(2, 4), Tensor(3, 3)], budget: 100);
        TensorWork two = queue.Take(Token)!;
        queue.Fail(two, new InvalidOperationException("two"));
        queue.Release(two);
        TensorWork one = queue.Take(Token)!;
        Assert.Equal(1, one.Layers[0]);
        queue.Fail(one, new InvalidOperationException("one"));
        queue.Fail(two, new InvalidOperationException("two again"));
        Assert.Equal("one", queue.Failure!.Message);
        Assert.Equal(0, queue.Take(Token)!.Layers[0]);
        Assert.Null(queue.Take(Token));
    }

    private static TensorWork Tensor(int layer, double work, long bytes = 1) => new([layer], work, bytes);

    private static List<int> TakeAll(TensorQueue queue)
    {
        List<int> taken = [];
        while (queue.Take(Token) is { } tensor)
        {
            taken.Add(tensor.Layers[0]);
            queue.Release(tensor);
        }

        return taken;
    }
}
