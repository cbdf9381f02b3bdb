using System.Globalization;
using Training;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>Trains families of small networks with checkpoints and retrainings, for calibrating policies on models that nobody else uses.</summary>
internal static class Families
{
    private const ulong DataSeed = 7;
    private const int TestImages = 1000;

    private static readonly SgdOptions Steady = new(LearningRate: 0.05, BatchSize: 32, Momentum: 0.9, WeightDecay: 1e-4, LearningRateDecay: 0.85);

    private static readonly Family[] All =
    [
        new("digits-shallow", () => Dense(Glyphs.PixelCount, 96, 10), Glyphs.Draw, 3000, Steady, [1, 4, 12]),
        new("digits-deep", () => Dense(Glyphs.PixelCount, 80, 60, 48, 40, 10), Glyphs.Draw, 3000, Steady, [1, 4, 14]),
        new("digits-wide", () => Dense(Glyphs.PixelCount, 192, 64, 10), Glyphs.Draw, 3000, Steady with { WeightDecay = 1e-3 }, [1, 4, 12]),
        new("digits-convolution", Convolution, Glyphs.Draw, 1500, Steady with { LearningRate = 0.03 }, [1, 3, 8]),
        new("digits-plain-sgd", () => Dense(Glyphs.PixelCount, 100, 50, 10), Glyphs.Draw, 3000, new SgdOptions(LearningRate: 0.1, BatchSize: 16), [1, 4, 12]),
        new("teacher", () => Dense(Glyphs.PixelCount, 128, 64, 10), TeacherSet.Draw, 6000, Steady with { WeightDecay = 1e-3 }, [1, 4, 12]),
        new("clusters", () => Dense(Glyphs.PixelCount, 64, 64, 32, 10), ClusterSet.Draw, 3000, Steady, [1, 3, 8]),
    ];

    /// <summary>Trains two runs of each family and writes their checkpoints and a manifest.</summary>
    public static void Write(string folder, TextWriter progress)
    {
        Directory.CreateDirectory(folder);
        List<string> lines = [];
        foreach (Family family in All)
        {
            foreach (ulong seed in (ulong[])[1, 2])
            {
                foreach ((int epoch, double loss, Network network) in Train(family, seed))
                {
                    string file = string.Create(CultureInfo.InvariantCulture, $"{family.Name}-{seed}-{epoch:D2}.safetensors");
                    File.WriteAllBytes(Path.Combine(folder, file), SafetensorsFile.Write(NamedTensor.Of(network), [KeyValuePair.Create("format", "pt")]));
                    lines.Add(string.Create(CultureInfo.InvariantCulture, $"{family.Name}\t{seed}\t{loss:F4}\t{file}"));
                    progress.WriteLine(lines[^1]);
                    progress.Flush();
                }
            }
        }

        File.WriteAllLines(Path.Combine(folder, "models.txt"), lines);
    }

    private static IEnumerable<(int Epoch, double Loss, Network Network)> Train(Family family, ulong seed)
    {
        GlyphSet train = family.Draw(family.Images, new SeededRandom(DataSeed, 1)), test = family.Draw(TestImages, new SeededRandom(DataSeed, 2));
        Network network = family.Network();
        network.Initialise(new SeededRandom(seed, 3));
        Sgd sgd = new(network, family.Sgd, new SeededRandom(seed, 4));
        for (int epoch = 1; epoch <= family.Checkpoints[^1]; epoch++)
        {
            sgd.RunEpoch(train);
            if (family.Checkpoints.Contains(epoch))
                yield return (epoch, CrossEntropy(network, test), network);
        }
    }

    private static double CrossEntropy(Network network, GlyphSet set)
    {
        double sum = 0;
        for (int i = 0; i < set.Count; i++)
        {
            ReadOnlySpan<float> logits = network.Forward(set.Image(i));
            double largest = double.NegativeInfinity, total = 0;
            foreach (float logit in logits)
                largest = Math.Max(largest, logit);
            foreach (float logit in logits)
                total += Math.Exp(logit - largest);
            sum += largest + Math.Log(total) - logits[set.Digits[i]];
        }

        return sum / set.Count;
    }

    private static Network Dense(params int[] sizes) =>
        new([.. Enumerable.Range(1, sizes.Length - 1).Select(i => new DenseLayer($"fc{i}", sizes[i - 1], sizes[i]))]);

    private static Network Convolution()
    {
        ConvolutionLayer first = new("conv1", new ConvolutionShape(1, Glyphs.Side, 16, Kernel: 5, Stride: 2));
        ConvolutionLayer second = new("conv2", new ConvolutionShape(16, first.Shape.OutputSide, 24, Kernel: 3, Stride: 1));
        return new(first, second, new DenseLayer("fc1", second.Outputs, 48), new DenseLayer("fc2", 48, 10));
    }

    private sealed record Family(string Name, Func<Network> Network, Func<int, SeededRandom, GlyphSet> Draw, int Images, SgdOptions Sgd, int[] Checkpoints);
}

/// <summary>Random inputs that a fixed random network has labelled.</summary>
internal static class TeacherSet
{
    public static GlyphSet Draw(int count, SeededRandom random)
    {
        Network teacher = new(new DenseLayer("a", Glyphs.PixelCount, 12), new DenseLayer("b", 12, 10));
        teacher.Initialise(new SeededRandom(99, 1));
        float[] pixels = new float[count * Glyphs.PixelCount];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            Span<float> image = pixels.AsSpan(i * Glyphs.PixelCount, Glyphs.PixelCount);
            foreach (ref float pixel in image)
                pixel = (float)random.NextNormal();
            ReadOnlySpan<float> logits = teacher.Forward(image);
            for (int k = 1; k < logits.Length; k++)
            {
                if (logits[k] > logits[labels[i]])
                    labels[i] = k;
            }
        }

        return new GlyphSet(pixels, labels);
    }
}

/// <summary>Points about ten fixed centres, two clusters a label.</summary>
internal static class ClusterSet
{
    public static GlyphSet Draw(int count, SeededRandom random)
    {
        SeededRandom fixedRandom = new(98, 1);
        float[] centres = [.. Enumerable.Range(0, 20 * Glyphs.PixelCount).Select(_ => (float)(0.18 * fixedRandom.NextNormal()))];
        float[] pixels = new float[count * Glyphs.PixelCount];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % 10;
            int centre = labels[i] + (10 * random.NextIndex(2));
            for (int j = 0; j < Glyphs.PixelCount; j++)
                pixels[(i * Glyphs.PixelCount) + j] = centres[(centre * Glyphs.PixelCount) + j] + (float)random.NextNormal();
        }

        return new GlyphSet(pixels, labels);
    }
}
