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

    /// <summary>In how many variants of a model the change is made, each of another layer or entry.</summary>
    public int Picks { get; init; } = 1;
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
        new("re-initialised, He normal", Harm.Evident, (m, r) => Each(m, w => Initialisation.HeNormal(w, r))),
        new("re-initialised, orthogonal", Harm.Evident, (m, r) => Each(m, w => Initialisation.Orthogonal(w, r))),
        new("shuffled", Harm.Evident, (m, r) => Each(m, w => Edit(w, v => r.Shuffle(v.AsSpan())))),
        new("NaN", Harm.Evident, (m, r) => One(m, r, w => Edit(w, v => v[r.Below(v.Length)] = float.NaN))),
        new("infinity", Harm.Evident, (m, r) => One(m, r, w => Edit(w, v => v[r.Below(v.Length)] = float.PositiveInfinity))),
        new("bit flip, x 2^16", Harm.Evident, (m, r) => One(m, r, w => Edit(w, v => v[Sizeable(v, r)] *= 65536))) { Picks = 3 },
        new("zeroed layer", Harm.Evident, (m, r) => One(m, r, w => Edit(w, v => Array.Clear(v)))),
        new("one layer reset, uniform", Harm.Damage, (m, r) => One(m, r, w => Initialisation.FanInUniform(w, r))) { Picks = 2 },
        new("one layer reset, He normal", Harm.Damage, (m, r) => One(m, r, w => Initialisation.HeNormal(w, r))) { Picks = 2 },
        new("one layer shuffled", Harm.Damage, (m, r) => One(m, r, w => Edit(w, v => r.Shuffle(v.AsSpan())))) { Picks = 2 },
        new("half the rows dead, one layer", Harm.Damage, (m, r) => One(m, r, HalfDead, w => w.Rows > 1)) { Picks = 2 },
        new("half the rows dead, all layers", Harm.Damage, (m, _) => Each(m, HalfDead)),
        new("layer scaled by 100", Harm.Damage, (m, r) => One(m, r, w => Edit(w, v => Scale(v, 100)))) { Picks = 2 },
        new("noise of 1 sd, all layers", Harm.Damage, (m, r) => Each(m, w => Noise(w, r))),
        new("noise of 1 sd, one layer", Harm.Damage, (m, r) => One(m, r, w => Noise(w, r))) { Picks = 2 },
        new("rank cut to a tenth, all layers", Harm.Damage, (m, r) => Each(m, w => LowRank.Cut(w, 0.1, r))),
        new("rank cut to a tenth, one layer", Harm.Damage, (m, r) => One(m, r, w => LowRank.Cut(w, 0.1, r), w => Math.Min(w.Rows, w.Columns) > 1)) { Picks = 2 },
        new("rounded to 2 bits", Harm.Damage, (m, _) => Each(m, w => Edit(w, TwoBits))),
        new("a layer missing", Harm.Damage, (m, r) => m.LayerCount < 2 ? null : One(m, r, _ => null)) { Picks = 2 },
        new("rounded to half precision", Harm.None, (m, _) => m) { Half = true },
        new("rounded to 8 bits", Harm.None, (m, _) => Each(m, w => Edit(w, EightBits))),
        new("tensors reordered", Harm.None, (m, _) => new ModelTensors([.. m.Tensors.Reverse()])),
    ];

    private static ModelTensors Each(ModelTensors model, Func<ModelTensor, ModelTensor?> change) => model.ReplaceLayers((w, _) => change(w));

    private static ModelTensors? One(ModelTensors model, RandomNumbers random, Func<ModelTensor, ModelTensor?> change, Func<ModelTensor, bool>? suits = null)
    {
        ModelTensor[] layers = [.. model.Tensors.Where(t => t.IsLayer && suits?.Invoke(t) != false)];
        if (layers.Length == 0)
            return null;
        ModelTensor chosen = layers[random.Below(layers.Length)];
        return model.ReplaceLayers((w, _) => ReferenceEquals(w, chosen) ? change(w) : w);
    }

    private static ModelTensor HalfDead(ModelTensor tensor) => Edit(tensor, v => Array.Clear(v, 0, tensor.Rows / 2 * tensor.Columns));

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
