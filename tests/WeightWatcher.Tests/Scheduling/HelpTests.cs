using WeightWatcher.LinearAlgebra;
using WeightWatcher.Reports;
using WeightWatcher.Tests.Analysis;

namespace WeightWatcher.Tests.Scheduling;

/// <summary>Threads without a tensor of their own help with one under way, and leave when there is one for them.</summary>
public sealed class HelpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thread_that_waits_helps_with_the_largest_tensor_under_way_until_there_is_work_for_it()
    {
        TensorQueue queue = new(budget: 100);
        queue.Add(Batch(new TensorWork([0], 5, 1), new TensorWork([1], 3, 1)));
        TensorWork large = queue.Take()!.Value.Tensor, small = queue.Take()!.Value.Tensor;
        Task<(TensorBatch, TensorWork Tensor)?> waiting = Task.Run(queue.Take, Token);
        Assert.True(SpinWait.SpinUntil(() => large.Team.HasHelpers, Patience));
        Assert.False(small.Team.HasHelpers);
        queue.Add(Batch(new TensorWork([7], 1, 1)));
        Assert.Equal(7, (await waiting.WaitAsync(Patience, Token))!.Value.Tensor.Layers[0]);
        Assert.False(large.Team.HasHelpers);
    }

    [Fact]
    public async Task A_helper_goes_on_to_the_next_tensor_when_the_one_it_helped_with_is_done()
    {
        TensorQueue queue = new(budget: 100);
        TensorBatch batch = Batch(new TensorWork([0], 5, 1), new TensorWork([1], 3, 1));
        queue.Add(batch);
        TensorWork large = queue.Take()!.Value.Tensor, small = queue.Take()!.Value.Tensor;
        Task<(TensorBatch, TensorWork)?> waiting = Task.Run(queue.Take, Token);
        Assert.True(SpinWait.SpinUntil(() => large.Team.HasHelpers, Patience));
        queue.Release(batch, large);
        Assert.True(SpinWait.SpinUntil(() => small.Team.HasHelpers, Patience));
        queue.Close();
        Assert.Null(await waiting.WaitAsync(Patience, Token));
    }

    [Fact]
    public void A_helper_that_was_dismissed_before_it_came_does_not_stay()
    {
        using KernelTeam team = new();
        int seen = team.Dismissals;
        team.Dismiss();
        team.Serve(seen);
        Assert.False(team.HasHelpers);
    }

    [Fact]
    public void A_lone_large_layer_has_the_same_report_with_and_without_help()
    {
        using TestModel model = new();
        string path = model.Write(("large", [700, 600], TestModel.Trained(700, 600, 3)));
        Assert.Equal(Json(path, threads: 1), Json(path, threads: 4));
    }

    private static TensorBatch Batch(params TensorWork[] tensors) => new(tensors, _ => { }, CancellationToken.None);

    private static string Json(string path, int threads)
    {
        using MemoryStream stream = new();
        JsonReport.Write(stream, ModelAnalyzer.Analyze(path, new() { MaxThreads = threads }, Token), null);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
