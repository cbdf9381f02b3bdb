using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

public class SingularValuesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 1 }, { 2, 1 }, { 1, 3 }, { 2, 2 }, { 3, 2 }, { 5, 5 }, { 7, 4 }, { 8, 8 }, { 9, 16 }, { 31, 33 }, { 64, 64 }, { 65, 63 }, { 100, 7 },
        { 127, 129 }, { 200, 90 }, { 96, 97 }, { 161, 160 }, { 300, 299 }, { 40, 300 }, { 1000, 8 }, { 700, 130 }, { 130, 400 }, { 2000, 97 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Given_singular_values_come_back_on_the_direct_path(int rows, int columns)
    {
        int order = Math.Min(rows, columns);
        double[] expected = [.. Enumerable.Range(1, order).Select(i => Math.Pow((double)i / order, 3))];
        double[] w = KnownSpectrum.Matrix(rows, columns, expected, 5);
        SpectrumOf.Close(expected, SpectrumOf.Singular(w, rows, columns, SpectrumPath.Direct), 1e-14);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Given_eigenvalues_come_back_from_the_Gram_matrix(int rows, int columns)
    {
        int order = Math.Min(rows, columns);
        double[] singular = [.. Enumerable.Range(1, order).Select(i => 3.0 * i / order)];
        double[] w = KnownSpectrum.Matrix(rows, columns, singular, 6);
        SpectrumOf.Close([.. singular.Select(s => s * s)], SpectrumOf.Gram(w, rows, columns), 1e-14);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void A_matrix_and_its_transpose_have_the_same_spectrum(int rows, int columns)
    {
        double[] w = new Lcg(7).Heavy(rows * columns);
        double[] transposed = KnownSpectrum.Transpose(w, rows, columns);
        SpectrumOf.Close(SpectrumOf.Gram(w, rows, columns), SpectrumOf.Gram(transposed, columns, rows), 1e-14);
        double[] direct = SpectrumOf.Singular(w, rows, columns, SpectrumPath.Direct);
        SpectrumOf.Close(direct, SpectrumOf.Singular(transposed, columns, rows, SpectrumPath.Direct), 1e-14);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void The_two_paths_agree_where_the_Gram_path_is_valid(int rows, int columns)
    {
        double[] w = new Lcg(8).Uniform(rows * columns);
        double[] direct = SpectrumOf.Singular(w, rows, columns, SpectrumPath.Direct);
        SpectrumOf.Close([.. direct.Select(s => s * s)], SpectrumOf.Gram(w, rows, columns), 1e-14);
        SpectrumOf.Close(direct, SpectrumOf.Singular(w, rows, columns), 1e-10);
    }

    [Fact]
    public void The_sum_of_the_eigenvalues_is_the_squared_Frobenius_norm()
    {
        double[] w = new Lcg(9).Heavy(150 * 70);
        Assert.Equal(1, SpectrumOf.Gram(w, 150, 70).Sum() / w.Sum(x => x * x), 1e-13);
        Assert.Equal(1, SpectrumOf.Singular(w, 150, 70, SpectrumPath.Direct).Sum(s => s * s) / w.Sum(x => x * x), 1e-13);
    }

    [Theory]
    [InlineData(1e-320)]
    [InlineData(1e-300)]
    [InlineData(1e-160)]
    [InlineData(1e150)]
    [InlineData(1e300)]
    public void Scaling_the_matrix_scales_the_singular_values(double scale)
    {
        double[] w = new Lcg(10).Uniform(40 * 30);
        double[] scaled = [.. w.Select(x => x * scale)];
        double[] expected = SpectrumOf.Singular(w, 40, 30);
        double[] actual = SpectrumOf.Singular(scaled, 40, 30);

        // Denormal entries have lost digits before the matrix was given.
        SpectrumOf.Close(expected, [.. actual.Select(s => s / scale)], scale < 1e-307 ? 0.02 : 1e-13);
    }

    [Fact]
    public void A_power_of_two_scales_exactly()
    {
        double[] w = new Lcg(11).Heavy(50 * 50);
        double[] expected = SpectrumOf.Singular(w, 50, 50, SpectrumPath.Direct);
        double[] actual = SpectrumOf.Singular([.. w.Select(x => Math.ScaleB(x, 300))], 50, 50, SpectrumPath.Direct);
        Assert.Equal(expected.Select(s => Math.ScaleB(s, 300)), actual);
    }

    [Fact]
    public void Permuting_rows_changes_nothing_but_rounding()
    {
        double[] w = new Lcg(12).Heavy(90 * 60);
        double[] permuted = new double[w.Length];
        for (int i = 0; i < 90; i++)
            Array.Copy(w, i * 60, permuted, i * 37 % 90 * 60, 60);
        SpectrumOf.Close(SpectrumOf.Gram(w, 90, 60), SpectrumOf.Gram(permuted, 90, 60), 1e-14);
        SpectrumOf.Close(SpectrumOf.Singular(w, 90, 60, SpectrumPath.Direct), SpectrumOf.Singular(permuted, 90, 60, SpectrumPath.Direct), 1e-14);
    }

    [Fact]
    public void A_diagonal_matrix_has_its_entries()
    {
        double[] expected = [.. Enumerable.Range(1, 77).Select(i => (double)i)];
        double[] w = new double[77 * 80];
        for (int i = 0; i < 77; i++)
            w[(i * 80) + 76 - i] = (i % 2 == 0 ? 1 : -1) * expected[i];
        SpectrumOf.Close(expected, SpectrumOf.Singular(w, 77, 80), 1e-15);
        SpectrumOf.Close(expected, SpectrumOf.Singular(w, 77, 80, SpectrumPath.Direct), 1e-15);
    }

    [Fact]
    public void The_identity_and_a_constant_matrix_are_exact()
    {
        double[] identity = KnownSpectrum.Matrix(130, 130, [.. Enumerable.Repeat(1.0, 130)], 1, reflections: 0);
        Assert.All(SpectrumOf.Singular(identity, 130, 130), s => Assert.Equal(1, s, 1e-15));
        double[] constant = [.. Enumerable.Repeat(-0.25, 130 * 70)];
        double[] values = SpectrumOf.Singular(constant, 130, 70);
        Assert.Equal(0.25 * Math.Sqrt(130 * 70), values[^1], 1e-13);
        Assert.All(values[..^1], s => Assert.InRange(s, 0, 1e-14 * values[^1]));
    }

    [Fact]
    public void Orthogonal_columns_have_equal_singular_values()
    {
        double[] w = KnownSpectrum.Matrix(120, 100, [.. Enumerable.Repeat(2.0, 100)], 13);
        Assert.All(SpectrumOf.Singular(w, 120, 100), s => Assert.Equal(2, s, 2e-14));
        Assert.All(SpectrumOf.Singular(w, 120, 100, SpectrumPath.Direct), s => Assert.Equal(2, s, 2e-14));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(99)]
    public void The_rank_of_a_rank_deficient_matrix_is_seen(int rank)
    {
        double[] singular = [.. Enumerable.Range(0, 100).Select(i => i < rank ? 1 + (i % 5) : 0.0)];
        double[] w = KnownSpectrum.Matrix(140, 100, singular, 14);
        double[] values = SpectrumOf.Singular(w, 140, 100);
        Assert.Equal(rank, values.Count(s => s > values[^1] * 140 * Math.ScaleB(1, -52)));
    }

    [Fact]
    public void Small_singular_values_that_squaring_would_lose_are_kept()
    {
        double[] singular = [.. Enumerable.Range(0, 60).Select(i => Math.Pow(10, -i / 5.0))];
        double[] w = KnownSpectrum.Matrix(80, 60, singular, 15);
        double[] expected = [.. singular.Order()];
        double[] values = SpectrumOf.Singular(w, 80, 60);
        SpectrumOf.Close(expected, values, 5e-15);
        for (int i = 0; i < 60; i++)
        {
            if (expected[i] >= 1e-6)
                Assert.Equal(1, values[i] / expected[i], 1e-8);
        }
    }

    [Fact]
    public void Duplicated_rows_and_columns_lower_the_rank()
    {
        double[] half = new Lcg(16).Uniform(30 * 20);
        double[] w = new double[60 * 40];
        for (int i = 0; i < 60; i++)
        {
            for (int j = 0; j < 40; j++)
                w[(i * 40) + j] = half[(i / 2 * 20) + (j / 2)];
        }

        double[] expected = [.. Enumerable.Repeat(0.0, 20), .. SpectrumOf.Singular(half, 30, 20).Select(s => 2 * s)];
        SpectrumOf.Close(expected, SpectrumOf.Singular(w, 60, 40), 1e-14);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Very_tall_matrices_keep_their_digits(int columns)
    {
        const int Rows = 100_000;
        double[] expected = [.. Enumerable.Range(1, columns).Select(i => (double)i)];
        double[] w = KnownSpectrum.Matrix(Rows, columns, expected, 17, reflections: 1);
        SpectrumOf.Close(expected, SpectrumOf.Singular(w, Rows, columns, SpectrumPath.Direct), 1e-14);
        SpectrumOf.Close([.. expected.Select(s => s * s)], SpectrumOf.Gram(w, Rows, columns), 1e-14);
    }

    [Fact]
    public void The_last_few_rows_of_a_tall_matrix_count_whatever_their_leading_columns_hold()
    {
        const int Rows = (3 * 16384) + 3;
        double[] w = new double[Rows * 8];
        for (int j = 0; j < 7; j++)
            w[j * 9] = j + 1;
        w[^1] = 9;
        SpectrumOf.Close([1, 2, 3, 4, 5, 6, 7, 9], SpectrumOf.Singular(w, Rows, 8, SpectrumPath.Direct), 1e-15);
    }

    [Fact]
    public void A_row_or_a_column_has_its_norm()
    {
        Assert.Equal([5.0], SpectrumOf.Singular([3, 4], 1, 2));
        Assert.Equal([5.0], SpectrumOf.Singular([3, 4], 2, 1, SpectrumPath.Direct));
        Assert.Equal([2.5], SpectrumOf.Singular([-2.5], 1, 1));
        Assert.Equal([6.25], SpectrumOf.Gram([-2.5], 1, 1));
    }

    [Fact]
    public void Zeros_and_empty_matrices_have_zero_and_empty_spectra()
    {
        Assert.Equal(new double[12], SpectrumOf.Singular(new double[12 * 20], 12, 20));
        Assert.Equal(new double[12], SpectrumOf.Gram(new double[12 * 20], 12, 20));
        Assert.Empty(SpectrumOf.Singular([], 0, 20));
        Assert.Empty(SpectrumOf.Gram([], 20, 0));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Non_finite_entries_are_an_outcome(double entry)
    {
        double[] w = new Lcg(18).Uniform(20 * 10);
        w[123] = entry;
        double[] values = new double[10];
        Assert.Equal(SpectrumOutcome.NonFinite, SingularValues.Compute(w, 20, 10, values, SpectrumPath.Automatic, None));
        Assert.Equal(SpectrumOutcome.NonFinite, SingularValues.Compute(w, 20, 10, values, SpectrumPath.Direct, None));
        Assert.Equal(SpectrumOutcome.NonFinite, GramEigenvalues.Compute(w, 20, 10, values, None));
        float[] single = [.. w.Select(x => (float)x)];
        Assert.Equal(SpectrumOutcome.NonFinite, SingularValues.Compute(single, 20, 10, values, SpectrumPath.Automatic, None));
        Assert.Equal(SpectrumOutcome.NonFinite, GramEigenvalues.Compute(single, 20, 10, values, None));
        Assert.Equal(new double[10], values);
    }

    [Fact]
    public void Single_precision_entries_are_taken_exactly()
    {
        float[] single = [.. new Lcg(19).Heavy(45 * 33).Select(x => (float)x)];
        double[] wide = [.. single.Select(x => (double)x)];
        double[] values = new double[33];
        Assert.Equal(SpectrumOutcome.Converged, GramEigenvalues.Compute(single, 45, 33, values, None));
        Assert.Equal(SpectrumOf.Gram(wide, 45, 33), values);
        Assert.Equal(SpectrumOutcome.Converged, SingularValues.Compute(single, 45, 33, values, SpectrumPath.Direct, None));
        Assert.Equal(SpectrumOf.Singular(wide, 45, 33, SpectrumPath.Direct), values);
    }

    [Fact]
    public void Lengths_that_do_not_fit_the_shape_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SingularValues.Compute(new double[5], 2, 3, new double[2], SpectrumPath.Automatic, None));
        Assert.Throws<ArgumentException>(() => GramEigenvalues.Compute(new double[6], 2, 3, new double[3], None));
    }

    [Fact]
    public void Cancellation_is_obeyed()
    {
        double[] w = new Lcg(20).Uniform(64 * 64);
        CancellationToken cancelled = new(canceled: true);
        Assert.Throws<OperationCanceledException>(() => SingularValues.Compute(w, 64, 64, new double[64], SpectrumPath.Direct, cancelled));
        Assert.Throws<OperationCanceledException>(() => GramEigenvalues.Compute(w, 64, 64, new double[64], cancelled));
    }
}
