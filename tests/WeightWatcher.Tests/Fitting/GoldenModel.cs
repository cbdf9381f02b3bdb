using System.Globalization;
using System.Text.Json;
using MathNet.Numerics.LinearAlgebra;

namespace WeightWatcher.Tests.Fitting;

/// <summary>The eight formula-defined layers of the reference values, their spectra as the Python tool forms them, and the expected columns.</summary>
internal sealed class GoldenModel
{
    private readonly Dictionary<string, GoldenLayer> _layers;

    private GoldenModel(JsonElement root)
    {
        Root = root;
        _layers = root.GetProperty("inputs").EnumerateArray().Select(GoldenLayer.Read).ToDictionary(layer => layer.Name);
    }

    public JsonElement Root { get; }

    public static GoldenModel Load()
        => new(JsonDocument.Parse(File.ReadAllText(Reference.Require("golden.json"))).RootElement);

    public GoldenLayer Layer(string name) => _layers[name];

    public IEnumerable<(GoldenLayer Layer, JsonElement Row)> Rows(string table)
        => Root.GetProperty(table).EnumerateArray().Select(row => (_layers[row.GetProperty("name").GetString()!], row));

    public static double Number(JsonElement element)
        => element.ValueKind == JsonValueKind.Number ? element.GetDouble() : double.Parse(element.GetString()!, CultureInfo.InvariantCulture);

    public static double Number(JsonElement row, string column) => Number(row.GetProperty(column));
}

/// <summary>One layer: its slices, and its ascending eigenvalues.</summary>
/// <remarks>The tool multiplies a slice of a convolution in float32, so its factor is applied in float32 here, before the singular values are taken.</remarks>
internal sealed class GoldenLayer
{
    private readonly Matrix<double>[] _slices;

    private GoldenLayer(string name, Matrix<double>[] slices, double[] firstEntries, double[] expectedFirstEntries)
    {
        Name = name;
        _slices = slices;
        FirstEntries = firstEntries;
        ExpectedFirstEntries = expectedFirstEntries;
    }

    public string Name { get; }

    public double[] FirstEntries { get; }

    public double[] ExpectedFirstEntries { get; }

    public int SliceCount => _slices.Length;

    /// <summary>The singular values of each slice after scaling: sqrt(1/2) for pooled convolutions, else sqrt(slices / 2), and 1 for dense layers.</summary>
    public double[][] SingularValues(bool pool = true, bool normalize = true)
    {
        float scale = _slices.Length == 1 || !normalize ? 1 : (float)Math.Sqrt(pool ? 0.5 : _slices.Length / 2.0);
        return [.. _slices.Select(slice => slice.Map(entry => (double)((float)entry * scale)).Svd(false).S.ToArray())];
    }

    public double[] Pooled(bool normalize = true) => Squares(SingularValues(true, normalize).SelectMany(slice => slice));

    public double[] Slice(int slice) => Squares(SingularValues(false)[slice]);

    public static GoldenLayer Read(JsonElement input)
    {
        int[] shape = [.. input.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32())];
        LinearCongruentialSamples samples = new((ulong)input.GetProperty("seed").GetInt64());
        string kind = input.GetProperty("kind").GetString()!;
        int kernel = shape.Length == 4 ? shape[2] * shape[3] : 1;
        Matrix<double>[] slices = [.. Enumerable.Range(0, kernel).Select(_ => Matrix<double>.Build.Dense(shape[0], shape[1]))];
        List<double> first = [];
        for (int i = 0; i < shape[0]; i++)
        {
            for (int j = 0; j < shape[1]; j++)
            {
                for (int k = 0; k < kernel; k++)
                {
                    slices[k][i, j] = samples.NextEntry(kind);
                    if (first.Count < 4)
                        first.Add(slices[k][i, j]);
                }
            }
        }

        double[] expected = [.. input.GetProperty("first4").EnumerateArray().Select(GoldenModel.Number)];
        return new GoldenLayer(input.GetProperty("name").GetString()!, slices, [.. first], expected);
    }

    public static double[] Squares(IEnumerable<double> singularValues) => [.. singularValues.Select(s => s * s).Order()];
}
