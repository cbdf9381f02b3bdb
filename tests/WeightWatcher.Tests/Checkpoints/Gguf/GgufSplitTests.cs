using WeightWatcher.Artifacts;
using WeightWatcher.Checkpoints;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Checkpoints.Gguf;

/// <summary>Models in several GGUF files.</summary>
public sealed class GgufSplitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whichever_part_is_named_all_are_read_in_their_order(int named)
    {
        Write(3);
        using Checkpoint checkpoint = CheckpointReader.Open(PathOf(named, 3), TestContext.Current.CancellationToken);
        Assert.Equal(["t1", "t2", "t3"], checkpoint.Tensors.Select(t => t.Name));
        Assert.Equal([1, 2, 3], checkpoint.Tensors.Select(t => t.Values()[0]));
        Assert.Equal(PathOf(named, 3), checkpoint.Files[0].Path);
        Assert.Equal(3, checkpoint.Files.Length);
    }

    [Fact]
    public void A_folder_of_parts_is_one_model()
    {
        Write(2);
        using Checkpoint checkpoint = CheckpointReader.Open(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal(2, checkpoint.Tensors.Length);
    }

    [Fact]
    public void A_missing_part_is_refused()
    {
        Write(3);
        File.Delete(PathOf(2, 3));
        Assert.Equal("WWG2017", Refused(1, 3).Code.Id);
    }

    [Fact]
    public void A_part_of_another_model_is_refused_by_its_name()
    {
        Write(3);
        File.Copy(PathOf(3, 3), PathOf(2, 3), overwrite: true);
        ArtifactException refusal = Refused(1, 3);
        Assert.Equal(("WWG2010", PathOf(2, 3)), (refusal.Code.Id, refusal.Path));
    }

    [Fact]
    public void Parts_with_fewer_tensors_than_they_claim_are_refused()
    {
        Write(2, total: 3);
        Assert.Equal("WWG2010", Refused(1, 2).Code.Id);
    }

    [Fact]
    public void A_tensor_in_two_parts_is_refused()
    {
        Write(2, name: _ => "same");
        Assert.Equal(("WWG2014", "same"), (Refused(1, 2).Code.Id, Refused(1, 2).Tensor));
    }

    [Fact]
    public void A_part_under_another_name_is_read_alone_with_a_note()
    {
        Write(2);
        string path = _folder.File("renamed.gguf");
        File.Copy(PathOf(1, 2), path);
        using Checkpoint checkpoint = CheckpointReader.Open(path, TestContext.Current.CancellationToken);
        Assert.Equal("t1", Assert.Single(checkpoint.Tensors).Name);
        Assert.Contains("one of 2 parts", Assert.Single(checkpoint.Notes), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string PathOf(int number, int count) => _folder.File(FormattableString.Invariant($"m-{number:D5}-of-{count:D5}.gguf"));

    private ArtifactException Refused(int number, int count) =>
        Assert.Throws<ArtifactException>(() => CheckpointReader.Open(PathOf(number, count), TestContext.Current.CancellationToken).Dispose());

    private void Write(int count, int? total = null, Func<int, string>? name = null)
    {
        for (int number = 1; number <= count; number++)
        {
            byte[] bytes = new GgufWriter().Pair("split.no", 2, BitConverter.GetBytes((ushort)(number - 1))).Pair("split.count", 2, BitConverter.GetBytes((ushort)count))
                .Pair("split.tensors.count", 5, BitConverter.GetBytes(total ?? count)).Add(name?.Invoke(number) ?? $"t{number}", [8, 2], [.. Enumerable.Repeat((float)number, 16)]).ToArray();
            File.WriteAllBytes(PathOf(number, count), bytes);
        }
    }
}
