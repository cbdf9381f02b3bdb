using System.Runtime.InteropServices;
using WeightWatcher.LinearAlgebra;

namespace WeightWatcher.Engine;

/// <summary>The time of all eigenvalues of one matrix, with one matrix on each thread.</summary>
internal static class EigenvalueTiming
{
    /// <summary>Runs the command.</summary>
    public static string Run(Arguments arguments)
    {
        int n = arguments.Size(0), m = arguments.Size(1), threads = arguments.Option("--threads", Environment.ProcessorCount);
        InstructionPath instructions = Measured.Instructions(arguments);
        string path = arguments.Option("--path", "gram");
        string file = arguments.Option("--bytes", "");
        float[] w = file.Length > 0 ? Read(file, n, m) : Normal(n, m);
        double[] values = new double[Math.Min(n, m)];
        // The threads stay from one run to the next, as those of an analysis do.
        using Barrier runs = new(threads);
        bool over = false;
        Thread[] workers = [.. Enumerable.Range(1, threads - 1).Select(_ => new Thread(Work) { IsBackground = true })];
        foreach (Thread worker in workers)
            worker.Start();
        double[] times = Measured.Times(arguments.Option("--seconds", 3), () =>
        {
            runs.SignalAndWait();
            Compute(w, n, m, path, instructions, values);
            runs.SignalAndWait();
        }, arguments.Option("--runs", 3));
        over = true;
        runs.SignalAndWait();
        foreach (Thread worker in workers)
            worker.Join();
        double largest = path == "gram" ? values[^1] : values[^1] * values[^1];
        return Measured.Line(n, m, times, threads, threads, instructions, ("path", path), ("lambda_max", largest));

        void Work()
        {
            double[] own = new double[values.Length];
            while (true)
            {
                runs.SignalAndWait();
                if (over)
                    return;
                Compute(w, n, m, path, instructions, own);
                runs.SignalAndWait();
            }
        }
    }

    /// <summary>n x m independent normal numbers, always the same.</summary>
    public static float[] Normal(int n, int m)
    {
        Random random = new(20240607);
        float[] w = new float[checked(n * m)];
        foreach (ref float entry in w.AsSpan())
            entry = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return w;
    }

    private static float[] Read(string file, int n, int m)
    {
        float[] w = new float[checked(n * m)];
        using FileStream stream = File.OpenRead(file);
        if (stream.Length != (long)w.Length * sizeof(float))
            throw new FormatException($"{file} has {stream.Length} bytes, {n} x {m} binary32 numbers have {(long)w.Length * sizeof(float)}");
        stream.ReadExactly(MemoryMarshal.AsBytes(w.AsSpan()));
        return w;
    }

    private static void Compute(float[] w, int n, int m, string path, InstructionPath instructions, double[] values)
    {
        SpectrumOutcome outcome = path switch
        {
            "gram" => GramEigenvalues.Compute<float>(w, n, m, values, instructions, EngineTuning.Default, CancellationToken.None),
            "direct" => SingularValues.Compute<float>(w, n, m, values, SpectrumPath.Direct, instructions, EngineTuning.Default, CancellationToken.None),
            "automatic" => SingularValues.Compute<float>(w, n, m, values, SpectrumPath.Automatic, instructions, EngineTuning.Default, CancellationToken.None),
            _ => throw new FormatException($"there is no path '{path}'"),
        };
        if (outcome != SpectrumOutcome.Converged)
            throw new IOException($"the spectrum is {outcome}");
    }
}
