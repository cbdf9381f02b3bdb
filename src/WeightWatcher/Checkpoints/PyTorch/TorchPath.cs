namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>One step on the way from the root of an object graph to a tensor.</summary>
/// <param name="Parent">The step before, or null at the root.</param>
/// <param name="Text">The key, attribute or index.</param>
/// <param name="IsKey">True for a dictionary's key, false for an attribute or an index.</param>
internal sealed record TorchPath(TorchPath? Parent, string Text, bool IsKey)
{
    /// <summary>How many steps the way has, at least 1.</summary>
    public int Depth { get; } = (Parent?.Depth ?? 0) + 1;

    /// <summary>The length of <see cref="Name"/> without a prefix dropped.</summary>
    public long NameLength { get; } = (Parent is null ? 0 : Parent.NameLength + 1) + Text.Length;

    /// <summary>The step at a depth, 1 for the first.</summary>
    public TorchPath At(int depth)
    {
        TorchPath step = this;
        while (step.Depth > depth)
            step = step.Parent!;
        return step;
    }

    /// <summary>The texts joined with dots, without the first steps.</summary>
    /// <param name="skip">How many steps to leave out, less than <see cref="Depth"/>.</param>
    public string Name(int skip = 0)
    {
        string[] texts = new string[Depth - skip];
        TorchPath step = this;
        for (int i = texts.Length - 1; i >= 0; i--)
        {
            texts[i] = step.Text;
            step = step.Parent ?? step;
        }

        return string.Join('.', texts);
    }
}
