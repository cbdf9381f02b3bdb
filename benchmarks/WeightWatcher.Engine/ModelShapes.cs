namespace WeightWatcher.Engine;

/// <summary>How the entries of a generated model are distributed.</summary>
internal enum EntryKind
{
    /// <summary>Independent entries of Student's t distribution with three degrees of freedom: heavy tails, no learned directions.</summary>
    HeavyTailed,

    /// <summary>Gaussian entries plus a few learned directions whose strengths fall off as a power law.</summary>
    Trained,
}

/// <summary>A model by the shapes of its weights alone.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Entries">How its entries are distributed.</param>
/// <param name="Tensors">Names and shapes, (out, in) and (out, in, kernel, kernel).</param>
internal sealed record ModelShapes(string Name, EntryKind Entries, IReadOnlyList<(string Name, int[] Shape)> Tensors)
{
    /// <summary>The models that performance goals are set for.</summary>
    public static IReadOnlyList<ModelShapes> All { get; } =
    [
        new("gpt2-small", EntryKind.HeavyTailed, [.. Gpt2(blocks: 12)]),
        new("gpt2-small-learned", EntryKind.Trained, [.. Gpt2(blocks: 12)]),
        new("vgg16", EntryKind.Trained, [.. Vgg16()]),
        new("resnet56", EntryKind.Trained, [.. ResNet56()]),
    ];

    /// <summary>The model of a name.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static ModelShapes Of(string name) =>
        All.FirstOrDefault(m => m.Name == name) ?? throw new FormatException($"there is no model '{name}'; there are {string.Join(", ", All.Select(m => m.Name))}");

    /// <summary>The matrices of the blocks. The token embedding, 50257 x 768, is left out: the Python tool skips it, as it has more than 50000 rows.</summary>
    private static IEnumerable<(string, int[])> Gpt2(int blocks)
    {
        for (int block = 0; block < blocks; block++)
        {
            yield return ($"h.{block}.attn.c_attn.weight", [2304, 768]);
            yield return ($"h.{block}.attn.c_proj.weight", [768, 768]);
            yield return ($"h.{block}.mlp.c_fc.weight", [3072, 768]);
            yield return ($"h.{block}.mlp.c_proj.weight", [768, 3072]);
        }
    }

    /// <summary>Simonyan and Zisserman 2015, configuration D, for ImageNet.</summary>
    private static IEnumerable<(string, int[])> Vgg16()
    {
        int[] widths = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512];
        int input = 3;
        for (int i = 0; i < widths.Length; i++)
        {
            yield return ($"features.{i}.weight", [widths[i], input, 3, 3]);
            input = widths[i];
        }

        yield return ("classifier.0.weight", [4096, 25088]);
        yield return ("classifier.3.weight", [4096, 4096]);
        yield return ("classifier.6.weight", [1000, 4096]);
    }

    /// <summary>He et al. 2016, section 4.2, n = 9, for CIFAR-10.</summary>
    private static IEnumerable<(string, int[])> ResNet56()
    {
        yield return ("conv1.weight", [16, 3, 3, 3]);
        int input = 16;
        foreach (int width in (int[])[16, 32, 64])
        {
            for (int i = 0; i < 18; i++)
            {
                yield return ($"layer{width}.{i}.weight", [width, input, 3, 3]);
                input = width;
            }
        }

        yield return ("fc.weight", [10, 64]);
    }
}
