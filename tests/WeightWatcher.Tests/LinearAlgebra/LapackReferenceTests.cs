using System.Globalization;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Tests.LinearAlgebra;

/// <summary>Against the table that reference/singular_values.py wrote with LAPACK.</summary>
public class LapackReferenceTests
{
    private const double Epsilon = 1.0 / (1L << 52);

    public static TheoryData<string> Kinds => [.. Rows().Select(row => row[0]).Distinct()];

    [Theory, MemberData(nameof(Kinds))]
    public void Singular_values_and_rank_are_those_of_LAPACK(string kind)
    {
        foreach (string[] row in Rows().Where(r => r[0] == kind))
        {
            (double[] w, int rows, int columns, int rank, double[] expected) = Case(row);
            foreach (SpectrumPath path in (SpectrumPath[])[SpectrumPath.Direct, SpectrumPath.Automatic])
            {
                double[] values = SpectrumOf.Singular(w, rows, columns, path);
                double largest = values[^1];
                string name = $"{kind} {rows} x {columns}, {path}";
                Assert.True(rank == values.Count(s => s > largest * Math.Max(rows, columns) * Epsilon), $"{name}: the rank is {rank}");
                double[] found = Selected(values);
                for (int i = 0; i < found.Length; i++)
                {
                    // The Gram path, where Automatic accepts it, has errors of 1e-14 lambda_max, that is 1e-14 s_max^2 / s.
                    double error = Math.Abs(found[i] - expected[i]);
                    double allowed = 1e-14 * largest * (path == SpectrumPath.Direct || largest == 0 ? 1 : Math.Max(1, largest / found[i]));
                    Assert.True(error <= allowed, $"{name}: value {i} is {found[i]:R}, expected {expected[i]:R}");
                    if (path == SpectrumPath.Direct && expected[i] >= 1e-6 * largest)
                        Assert.True(error <= 1e-10 * expected[i], $"{name}: value {i} is {found[i]:R}, expected {expected[i]:R}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Gram_eigenvalues_are_the_squares_of_LAPACKs_singular_values(string kind)
    {
        if (kind is "huge" or "tiny" or "denormal")
            return;
        foreach (string[] row in Rows().Where(r => r[0] == kind))
        {
            (double[] w, int rows, int columns, _, double[] expected) = Case(row);
            double[] found = Selected(SpectrumOf.Gram(w, rows, columns));
            double tolerance = Math.Max(1e-14, 1e-15 * Math.Sqrt(Math.Max(rows, columns)));
            for (int i = 0; i < found.Length; i++)
                Assert.True(Math.Abs(found[i] - (expected[i] * expected[i])) <= tolerance * found[^1], $"{kind} {rows} x {columns}: value {i} is {found[i]:R}");
        }
    }

    private static double[] Selected(double[] values)
    {
        int last = values.Length - 1;
        return [values[0], values[last / 4], values[last / 2], values[3 * last / 4], values[last]];
    }

    private static (double[] W, int Rows, int Columns, int Rank, double[] Expected) Case(string[] row)
    {
        int rows = int.Parse(row[1], CultureInfo.InvariantCulture), columns = int.Parse(row[2], CultureInfo.InvariantCulture);
        ulong seed = ulong.Parse(row[3], CultureInfo.InvariantCulture);
        return (ReferenceMatrix.Make(row[0], rows, columns, seed), rows, columns, int.Parse(row[4], CultureInfo.InvariantCulture), [.. row[5..].Select(Hexadecimal)]);
    }

    /// <summary>Reads 0x1.8p+3 and the like.</summary>
    private static double Hexadecimal(string text)
    {
        string[] parts = text["0x".Length..].Split('p');
        string[] digits = parts[0].Split('.');
        double value = ulong.Parse(digits[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (digits.Length == 2)
            value += ulong.Parse(digits[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) * Math.ScaleB(1, -4 * digits[1].Length);
        return Math.ScaleB(value, int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static IEnumerable<string[]> Rows() =>
        File.ReadLines(Path.Combine(Reference.RepositoryRoot, "tests", "WeightWatcher.Tests", "LinearAlgebra", "reference", "singular_values.tsv"))
            .Select(line => line.Split('\t'));
}
