using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints.PyTorch.Pickles;

namespace WeightWatcher.Checkpoints.PyTorch;

/// <summary>Finds what a pickle's persistent references stand for; each container keeps its storages elsewhere.</summary>
internal interface ITorchStorages
{
    /// <summary>The storage of a reference, or null when the reference is not to a storage or the storage's type is unknown.</summary>
    /// <exception cref="ArtifactException">The reference is malformed, or the storage is missing or too short.</exception>
    TorchStorage? Find(PickleValue id);

    /// <summary>The tensor that a reference stands for, in containers that refer to whole tensors; else null.</summary>
    TorchTensorView? FindTensor(PickleValue id);
}
