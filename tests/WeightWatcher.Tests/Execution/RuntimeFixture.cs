using System.Reflection;

namespace WeightWatcher.Tests.Execution;

/// <summary>What tests of runs share: the native library of the restored package, and a folder for models.</summary>
public abstract class RuntimeTest : IDisposable
{
    /// <summary>The collection of all of them: some send signals to the process that they find, which must not be that of a test beside them.</summary>
    protected const string Processes = "processes of models";

    /// <summary>The least policy that runs a model, to which keys of <c>runtime</c> are added.</summary>
    private const string Analysis = "version: 1\nextends: none\nanalysis: { randomize: off, mp_fit: false, detX: false }\nrules: []\n";

    private static readonly string Package = typeof(RuntimeTest).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "OnnxRuntimePackage").Value!;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("weightwatcher-runtime-").FullName;

    /// <summary>The package as it was restored, with the library for each system.</summary>
    internal static OnnxRuntimeLocation Restored => new() { Candidates = [Package] };

    /// <summary>The library for this system.</summary>
    internal static string Library => Restored.Find()!;

    internal static Policy PolicyOf(string runtime, string more = "") => Policy.Parse($"{Analysis}runtime: {{ {runtime} }}\n{more}", Path.GetFullPath("weightwatcher.yml"));

    internal string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Judges a model by a policy with the given keys of <c>runtime</c>.</summary>
    internal GateResult Run(byte[] model, string runtime = "", byte[]? baseline = null, OnnxRuntimeLocation? location = null) =>
        Run(Write("model.onnx", model), runtime, baseline is null ? null : Write("baseline/model.onnx", baseline), location);

    internal static GateResult Run(string model, string runtime, string? baseline = null, OnnxRuntimeLocation? location = null) =>
        ModelGate.Run(new GateRequest { ArtifactPath = model, Policy = PolicyOf(runtime), BaselinePath = baseline, OnnxRuntime = location ?? Restored }, TestContext.Current.CancellationToken);

    /// <summary>The only violation, which has a code and the place of the section.</summary>
    internal static Violation Only(GateResult result, string code, Severity severity = Severity.Error)
    {
        Violation violation = Assert.Single(result.Verdict.Violations);
        Assert.Equal(code, violation.Code);
        Assert.Equal(severity, violation.Severity);
        Assert.Equal(5, violation.PolicyLine);
        return violation;
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
