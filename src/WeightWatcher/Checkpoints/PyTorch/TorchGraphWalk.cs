using System.Globalization;
using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.PyTorch.Pickles;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>A tensor that the walk met.</summary>
/// <param name="Path">How it was reached.</param>
/// <param name="Node">The call or reference that describes it.</param>
/// <param name="IsOptimizerState">True when it was reached through optimizer state.</param>
internal sealed record TorchTensorNode(TorchPath Path, PickleValue Node, bool IsOptimizerState);

/// <summary>
/// Finds the tensors in the graph of a pickle: dictionaries, lists and objects, whatever their classes. Each container is walked once, by the
/// first way that leads to it, so that cycles and shared parts cost nothing; optimizer state is walked last, so that a model it refers to is
/// named by the model. The names of <c>torch.nn.Module</c>'s own dictionaries are not part of a tensor's name.
/// </summary>
internal sealed class TorchGraphWalk(ReadMeter meter, Func<PickleValue, bool> isTensorReference)
{
    private const int BytesPerTensor = 128;

    private readonly HashSet<PickleValue> _walked = new(ReferenceEqualityComparer.Instance);
    private readonly List<TorchTensorNode> _tensors = [];
    private readonly Queue<(PickleValue Value, TorchPath? Path)> _optimizers = [];
    private int _depth;
    private bool _inOptimizer;

    /// <summary>Finds the tensors.</summary>
    /// <param name="root">The root of the graph.</param>
    /// <param name="path">The way to the root, or null when it has no name.</param>
    /// <returns>The tensors in the order of the pickle, optimizer state last.</returns>
    public List<TorchTensorNode> Find(PickleValue root, TorchPath? path)
    {
        Visit(root, path);
        _inOptimizer = true;
        while (_optimizers.TryDequeue(out (PickleValue Value, TorchPath? Path) next))
            Visit(next.Value, next.Path);
        _inOptimizer = false;
        return _tensors;
    }

    private void Visit(PickleValue value, TorchPath? path)
    {
        meter.Step();
        meter.RequireDepth(++_depth / 2);
        switch (value)
        {
            case PickleSequence sequence when _walked.Add(sequence):
                VisitItems(sequence.Items, path);
                break;
            case PickleDictionary dictionary when _walked.Add(dictionary):
                VisitEntries(dictionary, path, isState: false);
                break;
            case PickleObject built:
                VisitObject(built, path);
                break;
            case PicklePersistent reference when isTensorReference(reference.Id):
                Add(reference, path);
                break;
        }

        _depth--;
    }

    private void VisitObject(PickleObject built, TorchPath? path)
    {
        switch (TorchCalls.Of(built))
        {
            case TorchCall.Wrapper:
                if (TorchCalls.Argument(built, 0) is { } wrapped)
                    Visit(wrapped, path);
                break;
            case TorchCall.Subclass:
                if (TorchCalls.Argument(built, 0) is { } function && TorchCalls.Argument(built, 2) is { } arguments)
                    Visit(new PickleObject(function, arguments), path);
                break;
            case TorchCall.Opaque:
                if (_walked.Add(built))
                    VisitParts(built, path);
                break;
            default:
                Add(built, path);
                break;
        }
    }

    private void VisitParts(PickleObject built, TorchPath? path)
    {
        if (built.Callee is PickleObject callee)
            Visit(callee, new TorchPath(path, "callee", IsKey: false));
        if (built.IsOf("collections", "OrderedDict") && TorchCalls.Argument(built, 0) is PickleSequence pairs)
            VisitEntries(Paired(pairs), path, isState: false);
        else if (built.Arguments is PickleSequence { Items.Count: > 0 } arguments && arguments.Items.Exists(MayHoldTensors))
            VisitItems(arguments.Items, new TorchPath(path, "args", IsKey: false));
        if (built.Entries is { } entries)
            VisitEntries(entries, path, isState: false);
        if (built.Items is { } items)
            VisitItems(items, path);
        foreach (PickleValue state in built.States ?? [])
            VisitState(state, path);
    }

    private void VisitState(PickleValue state, TorchPath? path)
    {
        switch (state)
        {
            case PickleDictionary attributes when _walked.Add(attributes):
                VisitEntries(attributes, path, isState: true);
                break;
            case PickleSequence { Items: [PickleNone or PickleDictionary, PickleDictionary slots] } both:
                if (both.Items[0] is PickleDictionary first && _walked.Add(first))
                    VisitEntries(first, path, isState: true);
                if (_walked.Add(slots))
                    VisitEntries(slots, path, isState: true);
                break;
            default:
                Visit(state, path);
                break;
        }
    }

    private void VisitEntries(PickleDictionary dictionary, TorchPath? path, bool isState)
    {
        bool isOptimizer = !_inOptimizer && dictionary.Find("param_groups") is not null && dictionary.Find("state") is not null;
        for (int i = 0; i < dictionary.Entries.Count; i++)
        {
            (PickleValue key, PickleValue value) = dictionary.Entries[i];
            if (key is PickleObject or PickleSequence)
                Visit(key, new TorchPath(path, string.Create(CultureInfo.InvariantCulture, $"key{i}"), IsKey: false));
            if (!MayHoldTensors(value))
                continue;
            string text = KeyText(key, i);
            TorchPath? next = isState && text is "_parameters" or "_buffers" or "_modules" ? path : new TorchPath(path, text, IsKey: !isState);
            if (!_inOptimizer && (isOptimizer || (IsOptimizerKey(text) && !IsTensor(value))))
                _optimizers.Enqueue((value, next));
            else
                Visit(value, next);
        }
    }

    private void VisitItems(List<PickleValue> items, TorchPath? path)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (MayHoldTensors(items[i]))
                Visit(items[i], new TorchPath(path, i.ToString(CultureInfo.InvariantCulture), IsKey: false));
        }
    }

    private void Add(PickleValue tensor, TorchPath? path)
    {
        path ??= new TorchPath(null, "tensor", IsKey: false);
        meter.Charge(BytesPerTensor + (4 * path.NameLength));
        _tensors.Add(new TorchTensorNode(path, tensor, _inOptimizer));
    }

    private static bool MayHoldTensors(PickleValue value) => value is PickleObject or PickleSequence or PickleDictionary or PicklePersistent;

    private static bool IsTensor(PickleValue value) => value is PickleObject built && TorchCalls.Of(built) is not TorchCall.Opaque;

    private static PickleDictionary Paired(PickleSequence pairs)
    {
        PickleDictionary dictionary = new();
        foreach (PickleValue pair in pairs.Items)
        {
            if (pair is PickleSequence { Items: [PickleValue key, PickleValue value] })
                dictionary.Set(key, value);
        }

        return dictionary;
    }

    private static string KeyText(PickleValue key, int index) => key switch
    {
        PickleText text => text.Value,
        PickleInteger integer => integer.Value.ToString(CultureInfo.InvariantCulture),
        PickleGlobal global => global.Name,
        _ => string.Create(CultureInfo.InvariantCulture, $"#{index}"),
    };

    private static bool IsOptimizerKey(string key) =>
        key.Contains("optimizer", StringComparison.OrdinalIgnoreCase)
        || key is "optim" or "opt" or "opt_state" or "param_groups"
        || key.StartsWith("optim_", StringComparison.OrdinalIgnoreCase)
        || key.EndsWith("_optim", StringComparison.OrdinalIgnoreCase);
}
