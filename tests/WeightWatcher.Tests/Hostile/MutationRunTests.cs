using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Hostile;

/// <summary>
/// Damaged inputs of every format, more than 100,000 and the same ones everywhere: each is read, or refused with the reader's coded exception, without
/// hanging and without allocating more than its size justifies.
/// </summary>
public class MutationRunTests
{
    private const int Total = 104_000;

    /// <summary>The stack of the thread that reads: a quarter of the usual one, so that recursion without a bound shows.</summary>
    private const int StackBytes = 512 * 1024;

    /// <summary>How often the watchdog finds the same input before it calls that a hang. It counts its own looks, so that a machine that sleeps is no hang.</summary>
    private const int LooksBeforeHang = 300;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    private static int InputsPerReader => Total / ReaderTargets.All.Length;

    public static TheoryData<string> Readers => [.. ReaderTargets.All.Select(t => t.Name)];

    [Fact]
    public void The_run_has_more_than_a_hundred_thousand_inputs() => Assert.InRange(InputsPerReader * ReaderTargets.All.Length, 100_000, Total);

    [Theory]
    [MemberData(nameof(Readers))]
    public void A_damaged_input_is_read_or_refused_within_its_bounds(string reader)
    {
        ReaderTarget target = ReaderTargets.Find(reader);
        using TemporaryFolder folder = new(inMemory: true);
        target.Prepare(folder.Path);
        foreach (Seed seed in target.Seeds)
            _ = target.Run(seed.Bytes, folder.Path);

        Run run = new(target, folder.Path, new Mutator(target, new Random(20_260 + ReaderTargets.All.IndexOf(target))));
        Thread thread = new(() => run.All(InputsPerReader), StackBytes) { IsBackground = true, Name = reader };
        thread.Start();
        int looks = 0;
        for (int seen = -1; !thread.Join(LookInterval) && looks < LooksBeforeHang; looks++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (run.Done != seen)
                (seen, looks) = (run.Done, 0);
        }

        Assert.True(looks < LooksBeforeHang, $"{reader} hangs on input {run.Done}: {run.Shown}");
        Assert.True(run.Failure is null, run.Failure);
        Assert.Equal(InputsPerReader, run.Done);
        Assert.True(run.Refusals.Count >= 2, $"all damaged inputs of {reader} end alike: {string.Join(", ", run.Refusals)}");
    }

    private sealed class Run(ReaderTarget target, string folder, Mutator mutator)
    {
        private byte[] _input = [];
        private int _done;

        /// <summary>How many inputs have ended; read by the watchdog.</summary>
        public int Done => Volatile.Read(ref _done);

        /// <summary>The codes that were met.</summary>
        public HashSet<string> Refusals { get; } = [];

        /// <summary>What broke a promise, or null.</summary>
        public string? Failure { get; private set; }

        /// <summary>The input under way.</summary>
        public string Shown => Convert.ToHexString(_input);

        public void All(int count)
        {
            for (int i = 0; i < count && Failure is null; i++)
            {
                Volatile.Write(ref _input, mutator.Next());
                try
                {
                    if (target.Run(_input, folder) is { } code)
                        Refusals.Add(code);
                    Volatile.Write(ref _done, i + 1);
                }
                catch (Exception e)
                {
                    Failure = $"input {i} of {target.Name} ({Shown}) gave {e}";
                }
            }
        }
    }
}
