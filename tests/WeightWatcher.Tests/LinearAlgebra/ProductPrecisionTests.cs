using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

/// <summary>Gram matrices with products in single precision, which serve permutations.</summary>
public sealed unsafe class ProductPrecisionTests
{
    public static TheoryData<int, int> Shapes => new() { { 1, 1 }, { 5, 3 }, { 49, 49 }, { 97, 96 }, { 333, 131 }, { 1000, 20 }, { 700, 130 }, { 900, 300 }, { 2500, 400 }, { 801, 801 } };

    [Theory, MemberData(nameof(Shapes))]
    public void The_eigenvalues_are_those_of_double_precision_to_a_millionth(int rows, int columns)
    {
        float[] uniform = [.. new Lcg(51).Uniform(rows * columns).Select(x => (float)x)], heavy = [.. new Lcg(52).Heavy(rows * columns).Select(x => (float)x)];
        SpectrumOf.Close(Of(uniform, rows, columns, ProductPrecision.Double), Of(uniform, rows, columns, ProductPrecision.Single), 3e-7);

        // Small squares are lost beside a large one: half an ulp each at most.
        SpectrumOf.Close(Of(heavy, rows, columns, ProductPrecision.Double), Of(heavy, rows, columns, ProductPrecision.Single), 2e-6);
    }

    [Theory, InlineData(400, 200, 1e6), InlineData(900, 450, 3e3)]
    public void A_huge_entry_spoils_no_other_eigenvalue(int rows, int columns, float huge)
    {
        float[] w = [.. new Lcg(53).Uniform(rows * columns).Select(x => (float)x)];
        w[777] = huge;
        double[] expected = Of(w, rows, columns, ProductPrecision.Double)[..^1], found = Of(w, rows, columns, ProductPrecision.Single)[..^1];

        // A billion times below the largest: of double precision alone an error of 1e-15 of that would be 1e-6 of these. In the second case they are a hundred thousand times below it, and the
        // reduction to a band would spoil them all if it had products of single precision too.
        SpectrumOf.Close(expected, found, 2e-6);
    }

    [Fact]
    public void The_scale_of_the_entries_changes_nothing_but_the_exponent()
    {
        double[] w = [.. new Lcg(54).Heavy(150 * 130).Select(x => (double)(float)x)];
        double[] expected = Of(w, 150, 130, ProductPrecision.Single);
        foreach (int exponent in (int[])[-900, -140, -20, 100, 400])
        {
            double[] scaled = Of([.. w.Select(x => Math.ScaleB(x, exponent))], 150, 130, ProductPrecision.Single);
            Assert.Equal(expected.Select(x => Math.ScaleB(x, 2 * exponent)), scaled);
        }

        float[] singles = [.. w.Select(x => (float)x)];
        Assert.Equal(expected, Of(singles, 150, 130, ProductPrecision.Single));
    }

    /// <summary>Each sum has one order, and is rounded once a product where the processor multiplies and adds at once.</summary>
    [Theory, MemberData(nameof(Shapes))]
    public void Every_instruction_set_that_multiplies_and_adds_at_once_gives_the_same_Gram_matrix(int rows, int columns)
    {
        Assert.SkipUnless(System.Runtime.Intrinsics.X86.Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported, "The processor rounds products before it adds them.");
        float[] w = [.. new Lcg(55).Heavy(rows * columns).Select(x => (float)x)];
        double[] expected = GramOf(w, rows, columns, InstructionPath.Vector128);
        Assert.All(Enum.GetValues<InstructionPath>(), path => Assert.Equal(expected, GramOf(w, rows, columns, path)));
    }

    [Theory, InlineData(300, 120), InlineData(900, 500), InlineData(700, 700)]
    public void Instruction_sets_that_multiply_and_add_at_once_agree_on_the_eigenvalues(int rows, int columns)
    {
        Assert.SkipUnless(System.Runtime.Intrinsics.X86.Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported, "The processor rounds products before it adds them.");
        float[] w = [.. new Lcg(57).Heavy(rows * columns).Select(x => (float)x)];
        double[] expected = Of(w, rows, columns, ProductPrecision.Single), found = new double[columns];
        foreach (InstructionPath path in Enum.GetValues<InstructionPath>())
        {
            Assert.Equal(
                SpectrumOutcome.Converged,
                GramEigenvalues.Compute<float>(w, rows, columns, found, path, EngineTuning.Default, TestContext.Current.CancellationToken, null, ProductPrecision.Single));
            SpectrumOf.Close(expected, found, 1e-12);
        }
    }

    [Fact]
    public void Help_changes_no_bit()
    {
        float[] w = [.. new Lcg(56).Heavy(1500 * 600).Select(x => (float)x)];
        double[] alone = Of(w, 1500, 600, ProductPrecision.Single), helped = new double[600];
        using KernelTeam team = new();
        Thread helper = new(() => team.Serve());
        helper.Start();
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute<float>(w, 1500, 600, helped, ProductPrecision.Single, TestContext.Current.CancellationToken, team));
        team.Dispose();
        helper.Join();
        Assert.Equal(alone, helped);
    }

    [Fact]
    public void What_is_not_finite_is_an_outcome_and_a_wide_matrix_an_error()
    {
        double[] values = new double[2];
        Assert.Equal(SpectrumOutcome.NonFinite, GramEigenvalues.Compute<float>([1, float.NaN, 2, 3, 4, 5], 3, 2, values, ProductPrecision.Single, TestContext.Current.CancellationToken));
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute<float>([0, 0, 0, 0, 0, 0], 3, 2, values, ProductPrecision.Single, TestContext.Current.CancellationToken));
        Assert.Equal([0, 0], values);
        Assert.Throws<ArgumentOutOfRangeException>(() => GramEigenvalues.Compute<float>([1, 2, 3, 4, 5, 6], 2, 3, values, ProductPrecision.Single, CancellationToken.None));
    }

    private static double[] Of<T>(T[] w, int rows, int columns, ProductPrecision precision)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        double[] values = new double[columns];
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute<T>(w, rows, columns, values, precision, TestContext.Current.CancellationToken));
        return values;
    }

    private static double[] GramOf(float[] w, int rows, int columns, InstructionPath path)
    {
        EngineTuning tuning = EngineTuning.Default;
        using AlignedBuffer gram = new((long)columns * columns), scratch = new(GramMatrix.ScratchFor(rows, columns, tuning));
        Assert.True(ScaledCopy.TryGetExponent<float>(w, out int? exponent));
        GramMatrix.Compute<float>(w, rows, columns, exponent!.Value, gram.Pointer, columns, scratch.Pointer, path, tuning, null, TestContext.Current.CancellationToken, ProductPrecision.Single);
        List<double> lower = [];
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j <= i; j++)
                lower.Add(gram.Pointer[(i * columns) + j]);
        }

        return [.. lower];
    }
}
