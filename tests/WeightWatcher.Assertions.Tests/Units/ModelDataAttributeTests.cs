using Xunit.Sdk;

namespace WeightWatcher.Assertions.Tests.Units;

public sealed class ModelDataAttributeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public ModelDataAttributeTests() => ConsumerFiles.Write(_folder);

    [Fact]
    public async Task Rows_run_only_when_asked_for_where_the_attribute_says_so()
    {
        string model = Path.Combine(_folder, "models", "structured.safetensors");
        Assert.Equal([null, null], await Explicit(new ModelLayersAttribute(model)));
        Assert.Equal([true, true], await Explicit(new ModelLayersAttribute(model) { Explicit = true }));
        Assert.Equal([false, false], await Explicit(new ModelLayersAttribute(model) { Explicit = false }));
        Assert.Equal([true], await Explicit(new ModelFilesAttribute(model) { Explicit = true }));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<bool?[]> Explicit(ModelDataAttribute attribute)
    {
        await using DisposalTracker tracker = new();
        return [.. (await attribute.GetData(typeof(ModelDataAttributeTests).GetMethods()[0], tracker)).Select(row => row.Explicit)];
    }
}
