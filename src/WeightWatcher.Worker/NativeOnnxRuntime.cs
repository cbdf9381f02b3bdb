using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using WeightWatcher.Execution;

namespace WeightWatcher.Worker;

/// <summary>Loads the native library that the request names, and binds the managed one to it.</summary>
internal static unsafe class NativeOnnxRuntime
{
    private const string Name = "onnxruntime";

    private static readonly Assembly Managed = typeof(OrtLoggingLevel).Assembly;

    /// <summary>Loads the library before any type is touched that would look for it by itself: a type whose initialiser failed stays unusable.</summary>
    /// <param name="path">The full path.</param>
    /// <returns>The library's version.</returns>
    /// <exception cref="WorkerException">It cannot be loaded, is no ONNX Runtime, or an older one.</exception>
    public static string Load(string path)
    {
        nint library;
        try
        {
            library = NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new WorkerException(ExecutionFault.LibraryUnusable, e.Message);
        }

        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out nint export))
            throw new WorkerException(ExecutionFault.LibraryUnusable, "it exports no OrtGetApiBase, so it is no ONNX Runtime");
        OrtApiBase* api = ((delegate* unmanaged<OrtApiBase*>)export)();
        string version = (api is null ? null : Marshal.PtrToStringUTF8(api->GetVersionString())) ?? "";
        Version needed = Managed.GetName().Version!;
        string[] parts = version.Split('.');
        bool isNew = parts.Length >= 2 && int.TryParse(parts[0], out int major) && int.TryParse(parts[1], out int minor)
            && (major > needed.Major || (major == needed.Major && minor >= needed.Minor));
        // The number of the interface is that of the minor version; a library has all interfaces up to its own.
        if (!isNew || api->GetApi((uint)needed.Minor) == 0)
            throw new WorkerException(ExecutionFault.LibraryVersion, $"it is version {(version.Length == 0 ? "unknown" : version)}, and {needed.Major}.{needed.Minor} or newer is needed");
        OrtEnv.DisableDllImportResolver = true;
        NativeLibrary.SetDllImportResolver(Managed, (name, _, _) => name == Name ? library : 0);
        return version;
    }

    /// <summary>The environment of all sessions: messages go to the list and not to standard error, nothing is reported to anyone.</summary>
    public static OrtEnv CreateEnvironment(List<string> log)
    {
        const int most = 200;
        EnvironmentCreationOptions options = new()
        {
            logId = "weightwatcher",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            loggingFunction = (_, level, category, _, location, message) =>
            {
                lock (log)
                {
                    if (log.Count < most)
                        log.Add($"{level}, {location}: {message}");
                }
            },
        };
        OrtEnv environment = OrtEnv.CreateInstanceWithOptions(ref options);
        environment.DisableTelemetryEvents();
        return environment;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OrtApiBase
    {
        public delegate* unmanaged<uint, nint> GetApi;
        public delegate* unmanaged<nint> GetVersionString;
    }
}
