using System.Text.Json;

namespace WeightWatcher.MSBuild;

/// <summary>What the last gate judged and said, kept beside the other intermediate files of the project.</summary>
internal sealed record GateRecord
{
    /// <summary>The artifacts in the order of the project.</summary>
    public required IReadOnlyList<RecordedArtifact> Artifacts { get; init; }

    /// <summary>What the gate said of the list itself: that it is empty, or that a pattern matched nothing.</summary>
    public required IReadOnlyList<BuildDiagnostic> OfTheList { get; init; }

    /// <summary>Reads a record; null when there is none that can be read.</summary>
    public static GateRecord? TryRead(string path)
    {
        try
        {
            return GateRecordText.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether this is what another record holds, down to the times of the files.</summary>
    public bool RepeatsExactly(GateRecord last)
    {
        if (OfTheList.Count > 0 || last.OfTheList.Count > 0 || Artifacts.Count != last.Artifacts.Count)
            return false;
        for (int i = 0; i < Artifacts.Count; i++)
        {
            if (!ReferenceEquals(Artifacts[i], last.Artifacts[i]))
                return false;
        }

        return true;
    }

    /// <summary>Gives a record that needs no change the time of this gate: Visual Studio compares it with the times of the inputs.</summary>
    public static void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What it says holds all the same; with its old time the next build only asks once more.
        }
    }

    /// <summary>Writes the record, whole or not at all.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = path + ".tmp";
        File.WriteAllBytes(temporary, GateRecordText.Of(this));
        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>One judged artifact.</summary>
internal sealed record RecordedArtifact
{
    /// <summary>The artifact.</summary>
    public required ModelItem Item { get; init; }

    /// <summary>Everything but files that decided the outcome: policy, names, formats, the build of this tool.</summary>
    public required string Key { get; init; }

    /// <summary>The files that decided the outcome; empty when the artifact must be judged again in any case.</summary>
    public required IReadOnlyList<FileStamp> Inputs { get; init; }

    /// <summary>The reports.</summary>
    public required IReadOnlyList<FileStamp> Reports { get; init; }

    /// <summary>What the policy said, the worst first.</summary>
    public required IReadOnlyList<BuildDiagnostic> Diagnostics { get; init; }

    /// <summary>What was read from git revisions.</summary>
    public IReadOnlyList<GitInput> GitInputs { get; init; } = [];

    /// <summary>The last day (UTC) on which the outcome holds, or null.</summary>
    public DateOnly? HoldsUntil { get; init; }

    /// <summary>What failed against a baseline file, as patterns that would accept it.</summary>
    public IReadOnlyList<string> Acceptable { get; init; } = [];

    /// <summary>The native library of ONNX Runtime with which the model ran, or null when it did not run.</summary>
    public string? OnnxRuntime { get; init; }

    /// <summary>How many layers were analysed.</summary>
    public required int Layers { get; init; }
}
