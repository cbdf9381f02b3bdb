using System.Text;
using WeightWatcher.Execution;
using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Execution;

/// <summary>The native library comes from the user alone; what is wrong with it is a fault of the surroundings, never of the model.</summary>
[Collection(Processes)]
public sealed class OnnxRuntimeLocationTests : RuntimeTest
{
    [Fact]
    public void Its_absence_says_what_to_add()
    {
        GateResult result = Run(RunnableOnnx.Linear(), location: new OnnxRuntimeLocation());
        Assert.Contains("Microsoft.ML.OnnxRuntime", Only(result, "WWG5020").Message, StringComparison.Ordinal);
        Assert.False(result.IsRepeatable);
        // A warning of the policy does not make it less: nothing was checked.
        Only(Run(RunnableOnnx.Linear(), "loads: warning, finite_outputs: off", location: new OnnxRuntimeLocation()), "WWG5020");
    }

    [Fact]
    public void A_name_that_leads_nowhere_does_not_fall_back()
    {
        OnnxRuntimeLocation named = Restored with { Named = Path.Combine(Folder, "none"), NamedBy = "WeightWatcherOnnxRuntimePath" };
        Assert.Contains("WeightWatcherOnnxRuntimePath names", Only(Run(RunnableOnnx.Linear(), location: named), "WWG5020").Message, StringComparison.Ordinal);
        Assert.Equal(Library, (named with { Named = Library }).Find());
        Assert.Equal(Library, (named with { Named = Path.GetDirectoryName(Library) }).Find());
    }

    [Fact]
    public void What_is_no_library_is_not_loaded()
    {
        string text = Write(OnnxRuntimeLibrary.FileName, "no library"u8.ToArray());
        Assert.Contains(Folder, Only(Run(RunnableOnnx.Linear(), location: new OnnxRuntimeLocation { Named = text }), "WWG5021").Message, StringComparison.Ordinal);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the package for Linux has another library");
        string other = Path.Combine(Path.GetDirectoryName(Library)!, "libonnxruntime_providers_shared.so");
        Only(Run(RunnableOnnx.Linear(), location: new OnnxRuntimeLocation { Named = other }), "WWG5021");
    }

    [Fact]
    public void An_older_version_is_refused()
    {
        // The library as it is, but for what it says of its version.
        byte[] bytes = File.ReadAllBytes(Library);
        byte[] version = Encoding.ASCII.GetBytes("1.31.0\0"), older = Encoding.ASCII.GetBytes("1.19.2\0");
        int replaced = 0;
        for (int at = bytes.AsSpan().IndexOf(version); at >= 0; at = bytes.AsSpan().IndexOf(version))
        {
            older.CopyTo(bytes, at);
            replaced++;
        }

        Assert.True(replaced > 0);
        string path = Write(OnnxRuntimeLibrary.FileName, bytes);
        string message = Only(Run(RunnableOnnx.Linear(), location: new OnnxRuntimeLocation { Named = path }), "WWG5022").Message;
        Assert.Contains("1.19.2", message, StringComparison.Ordinal);
        Assert.Contains("1.31 or newer", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Among_assets_for_several_systems_the_one_for_this_is_taken()
    {
        string own = Write($"runtimes/{OnnxRuntimeLibrary.Rid}/native/{OnnxRuntimeLibrary.FileName}", []);
        string[] others = [.. new[] { "linux-riscv64", "win-arm", "osx-ppc" }.Select(rid => Write($"runtimes/{rid}/native/{OnnxRuntimeLibrary.FileName}", []))];
        Assert.Equal(own, new OnnxRuntimeLocation { Candidates = [.. others, own] }.Find());
        Assert.Null(new OnnxRuntimeLocation { Candidates = [.. others] }.Find());
        Assert.Equal(own, new OnnxRuntimeLocation { Candidates = [Folder] }.Find());
        Assert.Null(new OnnxRuntimeLocation { Candidates = [Write("readme.txt", [])] }.Find());
    }

    [Fact]
    public void The_host_is_looked_for_beside_the_runtime_first()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string root = Path.GetFullPath("/root-of-dotnet");
        string[] places = [.. DotNetHost.Candidates(Path.Combine(root, "shared", "Microsoft.NETCore.App", "10.0.0") + Path.DirectorySeparatorChar, variable => variable == "DOTNET_HOST_PATH" ? "/host/dotnet" : null, "/bin/testhost")];
        Assert.Equal([Path.Combine(root, name), "/host/dotnet"], places);
        Assert.NotNull(DotNetHost.Find());
    }

    [Fact]
    public void A_worker_that_is_missing_is_said()
    {
        WorkerRequest request = new() { Library = Library, Model = "", Run = false, Runs = 1, Seed = 1, Inputs = [], Dimensions = new Dictionary<string, long>() };
        WorkerAnswer answer = WorkerProcess.Run(Path.Combine(Folder, "none.dll"), request, TimeSpan.FromSeconds(1), long.MaxValue, TestContext.Current.CancellationToken);
        Assert.Equal(ExecutionFault.WorkerFailed, answer.Fault);
        string noProgram = Write("none.dll", [1, 2, 3]);
        answer = WorkerProcess.Run(noProgram, request, TimeSpan.FromSeconds(30), long.MaxValue, TestContext.Current.CancellationToken);
        Assert.Equal(ExecutionFault.WorkerFailed, answer.Fault);
        Assert.Contains("while its process started", answer.Message, StringComparison.Ordinal);
    }
}
