namespace WeightWatcher.Assertions.Tests.Units;

public sealed class BaselineCheckTests : IDisposable
{
    private const string Name = "net.wwbaseline.json";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly string _output;
    private readonly string _source;

    public BaselineCheckTests()
    {
        ConsumerFiles.Write(_folder);
        _output = Directory.CreateDirectory(Path.Combine(_folder, "output")).FullName;
        _source = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "sources")).FullName, Name);
        File.WriteAllLines(Path.Combine(_output, BaselineSources.FileName), [_folder, $"{Name}|{_source}"]);
    }

    [Fact]
    public void Tests_that_run_in_parallel_update_the_same_file()
    {
        GateResult[] results = new GateResult[8];
        Parallel.For(0, results.Length, i => results[i] = Update());
        Assert.All(results, result => Assert.Empty(result.Verdict.Violations));
        Assert.Equal(File.ReadAllText(_source), File.ReadAllText(Path.Combine(_output, Name)));
        Assert.Equal([_source], Directory.EnumerateFiles(Path.GetDirectoryName(_source)!));
    }

    [Fact]
    public void A_copy_that_cannot_be_written_is_an_error_with_a_code()
    {
        string copy = Directory.CreateDirectory(Path.Combine(_output, Name)).FullName;
        Violation violation = Assert.Single(Update().Verdict.Violations);
        Assert.Equal(("WWG4019", Severity.Error), (violation.Code, violation.Severity));
        Assert.Contains($"'{copy}'", violation.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(_source));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private GateResult Update()
    {
        GateRequest request = new()
        {
            ArtifactPath = Path.Combine(_folder, "models", "structured.safetensors"),
            Policy = Policy.Load(Path.Combine(_folder, "no-worse.yml")),
            BaselinePath = Path.Combine(_output, Name),
        };
        return BaselineCheck.Update(request, new BaselineVariables(IsAsked: true, IsForbidden: false, new Acceptance()), new BaselineSources(_output), TestContext.Current.CancellationToken);
    }
}
