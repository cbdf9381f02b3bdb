using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using WeightWatcher.Artifacts;
using WeightWatcher.Codes;

namespace WeightWatcher.Baselines;

/// <summary>Runs git: no shell, no prompt, no pager; its output bounded, its end when the caller cancels.</summary>
internal static class GitCommand
{
    /// <summary>The most bytes of output that are kept of a command that answers in text: the names in a folder of some ten thousand files.</summary>
    private const int MaxText = 4 << 20;

    /// <summary>Runs a command and takes its output as text.</summary>
    /// <param name="folder">Where git runs; the repository is the one around it.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <param name="arguments">The arguments, each as it is.</param>
    /// <exception cref="BaselineException">Git cannot be started, or says more than the bound.</exception>
    public static GitAnswer Run(string folder, CancellationToken cancellationToken, params ReadOnlySpan<string> arguments)
    {
        using MemoryStream output = new();
        (int exitCode, string error) = Run(folder, arguments, output, MaxText, cancellationToken);
        return new(exitCode, Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length), error);
    }

    /// <summary>Writes the content of a blob, as it is stored and without any filter.</summary>
    /// <param name="folder">Where git runs.</param>
    /// <param name="blob">The id of the blob.</param>
    /// <param name="size">Its size in bytes, as git said.</param>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <exception cref="BaselineException">Git cannot give the blob.</exception>
    public static void CopyBlob(string folder, string blob, long size, Stream target, CancellationToken cancellationToken)
    {
        long before = target.Length;
        (int exitCode, string error) = Run(folder, ["cat-file", "blob", blob], target, size, cancellationToken);
        if (exitCode != 0 || target.Length - before != size)
            throw new BaselineException(BaselineCodes.GitFailed, $"git cannot read the object {blob}{Said(error)}");
    }

    /// <summary>What git said, as the end of a sentence.</summary>
    public static string Said(string error)
    {
        string line = error.Split('\n', 2)[0].Trim();
        return line.Length == 0 ? "" : $" (git says: {Printable.Text(line)})";
    }

    private static (int ExitCode, string Error) Run(string folder, ReadOnlySpan<string> arguments, Stream output, long maxBytes, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(Program())
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            CreateNoWindow = true,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // A hook that runs the build has these set for its own repository, which need not be the one of the folder.
        foreach (string name in new[] { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE" })
            start.Environment.Remove(name);
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["LC_ALL"] = "C";
        cancellationToken.ThrowIfCancellationRequested();
        using Process process = Start(start);
        using CancellationTokenRegistration kill = cancellationToken.UnsafeRegister(_ => Kill(process), null);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        byte[] block = new byte[1 << 16];
        long total = 0;
        for (int read; (read = process.StandardOutput.BaseStream.Read(block)) > 0;)
        {
            total += read;
            if (total > maxBytes)
            {
                Kill(process);
                throw new BaselineException(BaselineCodes.GitFailed, FormattableString.Invariant($"git gave more than {maxBytes} bytes for '{arguments[0]}'"));
            }

            output.Write(block, 0, read);
        }

        process.WaitForExit();
        cancellationToken.ThrowIfCancellationRequested();
        return (process.ExitCode, error.GetAwaiter().GetResult());
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            throw new BaselineException(BaselineCodes.GitFailed, $"git cannot be started: {Printable.Text(e.Message)}", null, e);
        }
    }

    // By its full path: a program of that name in the current folder must not run in its place.
    private static string Program()
    {
        string name = OperatingSystem.IsWindows() ? "git.exe" : "git";
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            if (!Path.IsPathFullyQualified(folder))
                continue;
            string program = Path.Combine(folder, name);
            if (File.Exists(program))
                return program;
        }

        throw new BaselineException(BaselineCodes.GitFailed, "there is no git on the PATH; install it, or give the baseline as a file");
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }
}

/// <summary>What a git command answered.</summary>
/// <param name="ExitCode">0 when it did what it should.</param>
/// <param name="Output">Its output.</param>
/// <param name="Error">What it said of faults.</param>
internal sealed record GitAnswer(int ExitCode, string Output, string Error)
{
    public string FirstLine => Output.Split('\n', 2)[0].Trim();
}
