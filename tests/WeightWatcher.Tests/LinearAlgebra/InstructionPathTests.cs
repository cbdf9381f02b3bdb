using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

public class InstructionPathTests
{
    public static TheoryData<int, int> Shapes => new() { { 5, 3 }, { 97, 96 }, { 128, 160 }, { 333, 131 }, { 200, 257 }, { 20, 1000 }, { 700, 130 }, { 101, 300 } };

    private static EngineTuning OneStage { get; } = EngineTuning.Default with { SmallestBandTridiagonal = int.MaxValue, SmallestBandBidiagonal = int.MaxValue };

    private static EngineTuning TwoStages { get; } = EngineTuning.Default with { SmallestBandTridiagonal = 1, SmallestBandBidiagonal = 1 };

    private static EngineTuning SmallBlocks { get; } =
        new(Depth: 64, TileRows: 16, TileColumns: 48, SmallestBandTridiagonal: 64, SmallestBandBidiagonal: 2);

    [Theory, MemberData(nameof(Shapes))]
    public void Every_instruction_set_gives_the_same_eigenvalues(int rows, int columns)
    {
        double[] w = new Lcg(31).Heavy(rows * columns);
        double[] expected = Eigenvalues(w, rows, columns, InstructionPath.Vector128, EngineTuning.Default);
        foreach (InstructionPath path in Enum.GetValues<InstructionPath>())
        {
            SpectrumOf.Close(expected, Eigenvalues(w, rows, columns, path, OneStage), 1e-12);
            SpectrumOf.Close(expected, Eigenvalues(w, rows, columns, path, TwoStages), 1e-12);
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void One_stage_and_two_stages_give_the_same_eigenvalues(int rows, int columns)
    {
        double[] w = new Lcg(32).Uniform(rows * columns);
        double[] one = Eigenvalues(w, rows, columns, InstructionPath.Fastest, OneStage);
        double[] two = Eigenvalues(w, rows, columns, InstructionPath.Fastest, TwoStages);
        SpectrumOf.Close(one, two, 1e-14);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void The_sizes_of_blocks_change_nothing_but_rounding(int rows, int columns)
    {
        double[] w = new Lcg(33).Uniform(rows * columns);
        double[] expected = Eigenvalues(w, rows, columns, InstructionPath.Fastest, EngineTuning.Default);
        foreach (InstructionPath path in Enum.GetValues<InstructionPath>())
            SpectrumOf.Close(expected, Eigenvalues(w, rows, columns, path, SmallBlocks), 1e-14);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Every_instruction_set_gives_the_same_singular_values(int rows, int columns)
    {
        double[] w = new Lcg(35).Heavy(rows * columns);
        double[] expected = SingularOf(w, rows, columns, InstructionPath.Vector128, EngineTuning.Default);
        foreach (InstructionPath path in Enum.GetValues<InstructionPath>())
        {
            SpectrumOf.Close(expected, SingularOf(w, rows, columns, path, TwoStages), 1e-14);
            SpectrumOf.Close(expected, SingularOf(w, rows, columns, path, SmallBlocks), 1e-14);
            SpectrumOf.Close(expected, SingularOf(w, rows, columns, path, OneStage), 1e-14);
        }
    }

    [Fact]
    public void Every_run_gives_the_same_bits()
    {
        double[] w = new Lcg(34).Heavy(150 * 140);
        double[] expected = SpectrumOf.Gram(w, 150, 140);
        double[][] again = new double[4][];
        Parallel.For(0, again.Length, i =>
        {
            again[i] = new double[140];
            GramEigenvalues.Compute(w, 150, 140, again[i], CancellationToken.None);
        });
        Assert.All(again, values => Assert.Equal(expected, values));
    }

    private static double[] Eigenvalues(double[] w, int rows, int columns, InstructionPath path, EngineTuning tuning)
    {
        double[] values = new double[Math.Min(rows, columns)];
        SpectrumOutcome outcome = GramEigenvalues.Compute<double>(w, rows, columns, values, path, tuning, CancellationToken.None);
        Assert.Equal(SpectrumOutcome.Converged, outcome);
        return values;
    }

    private static double[] SingularOf(double[] w, int rows, int columns, InstructionPath path, EngineTuning tuning)
    {
        double[] values = new double[Math.Min(rows, columns)];
        SpectrumOutcome outcome = SingularValues.Compute<double>(w, rows, columns, values, SpectrumPath.Direct, path, tuning, CancellationToken.None);
        Assert.Equal(SpectrumOutcome.Converged, outcome);
        return values;
    }
}
