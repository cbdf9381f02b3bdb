using System.Globalization;
using WeightWatcher;
using Xunit;

// Compiled and run in test projects of xunit v2 and v3 that reference the packages. Many of these tests are meant to fail. One class, because its
// tests then run one after the other in both versions, and one of them changes the current directory.
public partial class ModelScenarios
{
    [Fact]
    public void Structure_meets_policy() => Assert.ModelMeetsPolicy("models/structured.safetensors", "structure.yml");

    [Fact]
    public void Randomness_breaks_policy() => Assert.ModelMeetsPolicy("models/random.safetensors", "structure.yml");

    [Fact]
    public void Randomness_breaks_warning() => Assert.ModelMeetsPolicy("models/random.safetensors", "structure-warning.yml");

    [Fact]
    public void Structure_is_well_trained_by_a_file() => Assert.ModelWellTrained("models/structured.safetensors", "structure.yml");

    [Fact]
    public void Randomness_is_not_well_trained() => Assert.ModelWellTrained("models/random.safetensors");

    [Fact]
    public void Randomness_is_not_well_trained_by_name() => Assert.ModelMeetsPolicy("models/random.safetensors", "well-trained");

    [Fact]
    public void Same_model_is_not_regressed() => Assert.ModelNotRegressed("models/structured.safetensors", baseline: "models/structured.safetensors", "no-worse.yml");

    [Fact]
    public void Same_model_is_not_regressed_by_the_built_in_policy() =>
        Assert.ModelNotRegressed("models/structured.safetensors", baseline: "models/structured.safetensors");

    [Fact]
    public void Randomness_is_regressed() => Assert.ModelNotRegressed("models/random.safetensors", baseline: "models/structured.safetensors", "no-worse.yml");

    [Fact]
    public void Nothing_to_compare_with() => Assert.ModelMeetsPolicy("models/structured.safetensors", "no-worse.yml");

    [Fact]
    public void Model_runs() => Assert.ModelMeetsPolicy("models/runs.onnx", "runs.yml");

    [Fact]
    public void Model_runs_like_itself() => Assert.ModelNotRegressed("models/runs.onnx", baseline: "models/runs.onnx", "runs-alike.yml");

    [Fact]
    public void Model_drifted() => Assert.ModelNotRegressed("models/drifted.onnx", baseline: "models/runs.onnx", "runs-alike.yml");

    [Fact]
    public void Outputs_are_not_finite() => Assert.ModelMeetsPolicy("models/infinite.onnx", "runs.yml");

    [Fact]
    public void Onnx_runtime_is_missing()
    {
        const string variable = "WEIGHTWATCHER_ONNXRUNTIME_PATH";
        Environment.SetEnvironmentVariable(variable, Path.Combine(AppContext.BaseDirectory, "nowhere"));
        try
        {
            Assert.ModelMeetsPolicy("models/runs.onnx", "runs-nowhere.yml");
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void Missing_model() => Assert.ModelWellTrained("models/absent.onnx");

    [Fact]
    public void Missing_policy() => Assert.ModelMeetsPolicy("models/structured.safetensors", "absent.yml");

    [Fact]
    public void Missing_baseline() => Assert.ModelNotRegressed("models/structured.safetensors", "absent.safetensors", "no-worse.yml");

    [Fact]
    public void Broken_baseline() => Assert.ModelNotRegressed("models/structured.safetensors", "models/truncated.safetensors", "no-worse.yml");

    [Fact]
    public void Misspelt_policy() => Assert.ModelMeetsPolicy("models/structured.safetensors", "typo.yml");

    [Fact]
    public void Nan_weights() => Assert.ModelMeetsPolicy("models/nan.safetensors", "structure.yml");

    [Fact]
    public void Zero_weights() => Assert.ModelMeetsPolicy("models/zero.safetensors", "structure.yml");

    [Fact]
    public void Truncated_file() => Assert.ModelMeetsPolicy("models/truncated.safetensors", "structure.yml");

    [Fact]
    public void Pointer_file() => Assert.ModelMeetsPolicy("models/pointer.safetensors", "structure.yml");

    [Fact]
    public void No_layer_to_analyse() => Assert.ModelMeetsPolicy("models/vectors.safetensors", "structure.yml");

    [Fact]
    public void Absolute_path() => Assert.ModelMeetsPolicy(Output("models/structured.safetensors"), Output("structure.yml"));

    [Fact]
    public void Current_directory_comes_second()
    {
        string before = Directory.GetCurrentDirectory();
        string elsewhere = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.Copy(Output("models/structured.safetensors"), Path.Combine(elsewhere, "only-here.safetensors"));
            File.Copy(Output("models/random.safetensors"), Path.Combine(elsewhere, "structure.yml"));
            Directory.SetCurrentDirectory(elsewhere);
            Assert.ModelMeetsPolicy("only-here.safetensors", "structure.yml");
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public void Same_words_on_a_german_machine()
    {
        string Words(string culture, string model)
        {
            CultureInfo before = CultureInfo.CurrentCulture;
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            try
            {
                return Assert.Throws<ModelQualityException>(() => Assert.ModelMeetsPolicy(model, "structure.yml")).Message;
            }
            finally
            {
                CultureInfo.CurrentCulture = before;
            }
        }

        // Two copies, because one artifact is analysed only once.
        File.Copy(Output("models/random.safetensors"), Output("german.safetensors"), overwrite: true);
        File.Copy(Output("models/random.safetensors"), Output("invariant.safetensors"), overwrite: true);
        Assert.Equal("0,5", 0.5.ToString(new CultureInfo("de-DE")));
        Assert.Equal(Words("", "invariant.safetensors").Replace("invariant", "german"), Words("de-DE", "german.safetensors"));
    }

    [Fact]
    public void Analysed_once_until_the_file_changes()
    {
        File.Copy(Output("models/random.safetensors"), Output("changing.safetensors"), overwrite: true);
        Verdict first = Judge();
        Assert.Same(first, Judge());
        File.Copy(Output("models/structured.safetensors"), Output("changing.safetensors"), overwrite: true);
        File.SetLastWriteTimeUtc(Output("changing.safetensors"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Assert.ModelMeetsPolicy("changing.safetensors", "structure.yml");

        static Verdict Judge() =>
            Assert.Throws<ModelQualityException>(() => Assert.ModelMeetsPolicy("changing.safetensors", "structure.yml")).Verdict;
    }

    [Fact]
    public void Unknown_layer() => Assert.ModelLayerMeetsPolicy("models/structured.safetensors", "fc9.weight", "structure.yml");

    [Fact]
    public void Excluded_layer() => Assert.ModelLayerMeetsPolicy("models/structured.safetensors", "fc2", "structure-no-fc2.yml");

    [Fact]
    public void Layer_of_a_truncated_file() => Assert.ModelLayerMeetsPolicy("models/truncated.safetensors", "fc1", "structure.yml");

    [Theory]
    [ModelLayers("models/mixed.safetensors", Policy = "structure.yml")]
    public void Each_layer(string layer) => Assert.ModelLayerMeetsPolicy("models/mixed.safetensors", layer, "structure.yml");

    [Theory]
    [ModelLayers("models/structured.safetensors", Policy = "structure-no-fc2.yml")]
    public void Each_selected_layer(string layer) => Assert.ModelLayerMeetsPolicy("models/structured.safetensors", layer, "structure-no-fc2.yml");

    [Theory]
    [ModelLayers("models/long-names.safetensors", Policy = "structure.yml")]
    public void Each_long_name(string layer) => Assert.ModelLayerMeetsPolicy("models/long-names.safetensors", layer, "structure.yml");

    [Theory]
    [ModelLayers("models/vectors.safetensors", Policy = "structure.yml")]
    public void No_layers(string layer) => Assert.Fail("never called: " + layer);

    [Theory]
    [ModelLayers("models/absent.safetensors")]
    public void Layers_of_a_missing_model(string layer) => Assert.Fail("never called: " + layer);

    [Theory]
    [ModelFiles("models/set/**/*.safetensors")]
    public void Each_file(string path) => Assert.ModelMeetsPolicy(path, "structure.yml");

    [Theory]
    [ModelFiles("models/**/*.gguf")]
    public void No_files(string path) => Assert.Fail("never called: " + path);

    private static string Output(string path) => Path.Combine(AppContext.BaseDirectory, path);
}
