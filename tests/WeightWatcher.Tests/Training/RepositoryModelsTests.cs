using System.Globalization;
using System.Security.Cryptography;
using Training;
using WeightWatcher.Checkpoints;

namespace WeightWatcher.Tests.Training;

/// <summary>The files of examples/models are what the training program makes. The longer runs are compared by the program's own --check.</summary>
public sealed class RepositoryModelsTests : IDisposable
{
    private readonly string _scratch = Directory.CreateTempSubdirectory("weightwatcher-training-").FullName;

    private static string Folder { get; } = Path.Combine(Reference.RepositoryRoot, "examples", "models");

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    [Theory]
    [InlineData("initial")]
    [InlineData("epoch-01")]
    [InlineData("diverged")]
    public void A_committed_model_is_made_again_bit_for_bit(string name)
    {
        RepositoryModel model = Assert.Single(RepositoryModels.All, m => m.Name == name);
        foreach ((string fileName, byte[] bytes) in model.Make())
            Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(Folder, fileName))), $"{fileName} differs");
    }

    [Fact]
    public void The_culture_changes_nothing_in_a_file()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        Preset preset = Presets.WellTrained with { TrainingImages = 64, Epochs = 1 };
        byte[] expected = TrainedModel.Train(preset, 1).ToOnnx();
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(expected, TrainedModel.Train(preset, 1).ToOnnx());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Another_seed_gives_other_weights_for_the_same_task()
    {
        Preset preset = Presets.Initial with { TrainingImages = 10 };
        Assert.NotEqual(TrainedModel.Train(preset, 1).Network.Layers[0].Weights, TrainedModel.Train(preset, 2).Network.Layers[0].Weights);
    }

    [Fact]
    public void The_folder_holds_exactly_the_models_of_the_list_and_the_readme_has_their_hashes()
    {
        string[] expected = [.. RepositoryModels.All.SelectMany(m => m.Formats.Select(f => m.Name + f.Extension())).Order(StringComparer.Ordinal)];
        string[] found = [.. Directory.GetFiles(Folder).Select(f => Path.GetFileName(f)!).Where(f => f != "README.md").Order(StringComparer.Ordinal)];
        Assert.Equal(expected, found);

        string readme = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(found, file =>
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, file))));
            Assert.Contains($"`{hash}` | {file}", readme, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_check_names_a_file_that_is_missing_or_differs()
    {
        // The models are made one by one as the answers are asked for, so that the first answer is quick.
        Assert.Equal("initial.safetensors is missing.", RepositoryModels.Check(_scratch).First());

        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, "initial.safetensors"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(Path.Combine(_scratch, "initial.safetensors"), bytes);
        Assert.Equal("initial.safetensors is not what this program makes.", RepositoryModels.Check(_scratch).First());
    }

    [Fact]
    public void The_command_writes_the_asked_files_and_nothing_else()
    {
        Assert.Equal(0, Program.Main(["--out", _scratch, "--preset", "initial", "--name", "net"]));
        Assert.Equal(["net.onnx", "net.safetensors"], Directory.GetFiles(_scratch).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Folder, "initial.safetensors")), File.ReadAllBytes(Path.Combine(_scratch, "net.safetensors")));
    }

    [Fact]
    public void A_command_that_is_not_understood_exits_with_2() => Assert.Equal(2, Program.Main(["--out"]));

    [Fact]
    public void The_diverged_model_has_no_weight_that_is_a_number()
    {
        using Checkpoint checkpoint = CheckpointReader.Open(Path.Combine(Folder, "diverged.safetensors"), TestContext.Current.CancellationToken);
        foreach (Tensor tensor in checkpoint.Tensors.Where(t => t.Shape.Length == 2))
        {
            double[] weights = new double[tensor.Count];
            tensor.Read(0, weights);
            Assert.All(weights, weight => Assert.True(double.IsNaN(weight)));
        }
    }

    [Fact]
    public void One_epoch_already_teaches_most_digits()
    {
        TrainedModel model = TrainedModel.Train(Presets.WellTrained with { Epochs = 1 }, seed: 1);
        Assert.InRange(model.TestAccuracy, 0.7, 1);
    }
}
