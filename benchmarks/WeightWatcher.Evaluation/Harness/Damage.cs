using WeightWatcher.Evaluation.Simulations;

namespace WeightWatcher.Evaluation.Harness;

/// <summary>Something that is done to a model, and whether it does harm.</summary>
/// <param name="Name">As tables name it.</param>
/// <param name="Harm">What the policies should say of it.</param>
/// <param name="Apply">Makes the variant; null where the model has nothing to which it could be done.</param>
internal sealed record Change(string Name, Harm Harm, Func<ModelTensors, RandomNumbers, ModelTensors?> Apply)
{
    /// <summary>Whether the variant is written in half precision.</summary>
    public bool Half { get; init; }
}

/// <summary>What the policies should say of a change.</summary>
internal enum Harm
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>That it is damage, also without a baseline.</summary>
    Evident,

    /// <summary>That it is damage, beside a baseline; without one as often as possible.</summary>
    Damage,
}

/// <summary>What can be done to the weights of any model.</summary>
internal static class Changes
{
    /// <summary>Every change, in the order of the tables.</summary>
    public static IReadOnlyList<Change> All { get; } =
    [
        new("re-initialised, uniform", Harm.Evident, (m, r) => Each(m, w => Initialisation.FanInUniform(w, r))),
        new("re-initialised, Xavier normal", Harm.Evident, (m, r) => Each(m, w => Initialisation.GlorotNormal(w, r))),
        new("re-initialised, orthogonal", Harm.Damage, (m, r) => Each(m, w => Initialisation.Orthogonal(w, r))),
        new("shuffled", Harm.Evident, (m, r) => Each(m, w => Edit(w, v => r.Shuffle(v.AsSpan())))),
        new("NaN", Harm.Evident, (m, r) => One(m, r, w => Edit(w, v => v[r.Below(v.Length)] = float.NaN))),
        new("infinity", Harm.Evident, (m, r) => One(m, r, w => Edit(w, v => v[r.Below(v.Length)] = float.PositiveInfinity))),
        new("bit flip, x 2^16", Harm.Evident, (m, r) => One(m, r, w => Edit(w, v => v[Sizeable(v, r)] *= 65536))),
        new("zeroed layer", Harm.Evident, (m, r) => One(m, r, w => Edit(w, v => Array.Clear(v)))),
        new("one layer reset", Harm.Damage, (m, r) => One(m, r, w => Initialisation.FanInUniform(w, r))),
        new("one layer shuffled", Harm.Damage, (m, r) => One(m, r, w => Edit(w, v => r.Shuffle(v.AsSpan())))),
        new("half the rows dead", Harm.Damage, (m, r) => One(m, r, w => Edit(w, v => Array.Clear(v, 0, w.Rows / 2 * w.Columns)))),
        new("layer scaled by 100", Harm.Damage, (m, r) => One(m, r, w => Edit(w, v => Scale(v, 100)))),
        new("noise of 1 sd, all layers", Harm.Damage, (m, r) => Each(m, w => Noise(w, r))),
        new("noise of 1 sd, one layer", Harm.Damage, (m, r) => One(m, r, w => Noise(w, r))),
        new("rank cut to a tenth, all layers", Harm.Damage, (m, r) => Each(m, w => LowRank.Cut(w, 0.1, r))),
        new("rank cut to a tenth, one layer", Harm.Damage, (m, r) => One(m, r, w => LowRank.Cut(w, 0.1, r))),
        new("rounded to 2 bits", Harm.Damage, (m, _) => Each(m, w => Edit(w, TwoBits))),
        new("a layer missing", Harm.Damage, (m, r) => m.LayerCount < 2 ? null : One(m, r, _ => null)),
        new("rounded to half precision", Harm.None, (m, _) => m) { Half = true },
        new("rounded to 8 bits", Harm.None, (m, _) => Each(m, w => Edit(w, EightBits))),
        new("tensors reordered", Harm.None, (m, _) => new ModelTensors([.. m.Tensors.Reverse()])),
    ];

    private static ModelTensors Each(ModelTensors model, Func<ModelTensor, ModelTensor?> change) => model.ReplaceLayers((w, _) => change(w));

    private static ModelTensors One(ModelTensors model, RandomNumbers random, Func<ModelTensor, ModelTensor?> change)
    {
        int chosen = random.Below(model.LayerCount);
        return model.ReplaceLayers((w, layer) => layer == chosen ? change(w) : w);
    }

    private static ModelTensor Edit(ModelTensor tensor, Action<float[]> edit)
    {
        float[] values = [.. tensor.Values];
        edit(values);
        return tensor with { Values = values };
    }

    private static ModelTensor Noise(ModelTensor tensor, RandomNumbers random)
    {
        double mean = tensor.Values.Average(v => (double)v), sd = Math.Sqrt(tensor.Values.Average(v => (v - mean) * (v - mean)));
        return Edit(tensor, v =>
        {
            for (int i = 0; i < v.Length; i++)
                v[i] += (float)(sd * random.Normal());
        });
    }

    private static void Scale(float[] values, float factor)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] *= factor;
    }

    // An entry that is nearly zero stays harmless when its exponent grows, so one of at least a tenth of the root mean square is taken.
    private static int Sizeable(float[] values, RandomNumbers random)
    {
        double size = 0.1 * Math.Sqrt(values.Average(v => (double)v * v));
        for (int tries = 0; tries < 1000; tries++)
        {
            int index = random.Below(values.Length);
            if (Math.Abs(values[index]) >= size)
                return index;
        }

        return 0;
    }

    private static void TwoBits(float[] values)
    {
        float low = values.Min(), step = (values.Max() - low) / 3;
        for (int i = 0; i < values.Length && step > 0; i++)
            values[i] = low + (step * MathF.Round((values[i] - low) / step));
    }

    private static void EightBits(float[] values)
    {
        float step = values.Max(Math.Abs) / 127;
        for (int i = 0; i < values.Length && step > 0; i++)
            values[i] = step * MathF.Round(values[i] / step);
    }
}
