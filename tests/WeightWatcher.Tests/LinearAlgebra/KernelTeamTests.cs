using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

public class KernelTeamTests
{
    // Small blocks, so that there are pieces for all.
    private static EngineTuning Tuning { get; } = new(Depth: 64, TileRows: 16, TileColumns: 240, SmallestBandTridiagonal: 64, SmallestBandBidiagonal: 64);

    public static TheoryData<int, int, int> Shapes => new() { { 310, 270, 1 }, { 310, 270, 7 }, { 270, 650, 1 }, { 900, 200, 3 } };

    [Theory, MemberData(nameof(Shapes))]
    public void Help_changes_no_bit(int rows, int columns, int helpers)
    {
        double[] w = new Lcg(41).Heavy(rows * columns);
        foreach (InstructionPath path in (InstructionPath[])[InstructionPath.Fastest, InstructionPath.Vector128])
        {
            double[] gram = Gram(w, rows, columns, path, null), direct = Direct(w, rows, columns, path, null);
            using KernelTeam team = new();
            Thread[] threads = Serving(team, helpers);
            Assert.Equal(gram, Gram(w, rows, columns, path, team));
            Assert.Equal(direct, Direct(w, rows, columns, path, team));
            team.Dispose();
            Assert.All(threads, thread => thread.Join());
        }
    }

    [Fact]
    public void Every_piece_is_done_once()
    {
        using KernelTeam team = new();
        Thread[] threads = Serving(team, 3);
        for (int round = 0; round < 200; round++)
        {
            int[] done = new int[round];
            team.Run(done.Length, i => Interlocked.Increment(ref done[i]));
            Assert.All(done, times => Assert.Equal(1, times));
        }

        team.Dispose();
        Assert.All(threads, thread => thread.Join());
    }

    [Fact]
    public void What_a_piece_throws_is_thrown_to_the_owner_when_nobody_works_any_more()
    {
        using KernelTeam team = new();
        Thread[] threads = Serving(team, 2);
        int working = 0;
        Assert.Throws<OperationCanceledException>(() => team.Run(100, i =>
        {
            Interlocked.Increment(ref working);
            try
            {
                if (i == 5)
                    throw new OperationCanceledException();
            }
            finally
            {
                Interlocked.Decrement(ref working);
            }
        }));
        Assert.Equal(0, Volatile.Read(ref working));
        team.Run(1, _ => Interlocked.Increment(ref working));
        Assert.Equal(1, Volatile.Read(ref working));
        team.Dispose();
        Assert.All(threads, thread => thread.Join());
    }

    private static Thread[] Serving(KernelTeam team, int helpers)
    {
        Thread[] threads = [.. Enumerable.Range(0, helpers).Select(_ => new Thread(team.Serve) { IsBackground = true })];
        foreach (Thread thread in threads)
            thread.Start();
        SpinWait.SpinUntil(() => team.HasHelpers);
        return threads;
    }

    private static double[] Gram(double[] w, int rows, int columns, InstructionPath path, KernelTeam? team)
    {
        double[] values = new double[Math.Min(rows, columns)];
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute<double>(w, rows, columns, values, path, Tuning, CancellationToken.None, team));
        return values;
    }

    private static double[] Direct(double[] w, int rows, int columns, InstructionPath path, KernelTeam? team)
    {
        double[] values = new double[Math.Min(rows, columns)];
        Assert.Equal(SpectrumOutcome.Converged, SingularValues.Compute<double>(w, rows, columns, values, SpectrumPath.Direct, path, Tuning, CancellationToken.None, team));
        return values;
    }
}
