using Training;

namespace WeightWatcher.Tests.Training;

public class ArgumentsTests
{
    [Fact]
    public void A_folder_alone_means_the_well_trained_preset_in_both_formats()
    {
        Arguments arguments = Parsed("--out", "models");
        Assert.Equal("models", arguments.Folder);
        Assert.Equal(Presets.WellTrained, arguments.Preset);
        Assert.Equal(Presets.DefaultSeed, arguments.Seed);
        Assert.Equal([ModelFormat.Onnx, ModelFormat.Safetensors], arguments.Formats);
        Assert.Null(arguments.FileName);
        Assert.Null(arguments.Repository);
    }

    [Fact]
    public void Every_option_is_read()
    {
        Arguments arguments = Parsed("--epochs", "3", "--preset", "over-trained", "--seed", "7", "--name", "net", "--formats", "safetensors", "--out", "x");
        Assert.Equal(Presets.OverTrained with { Epochs = 3 }, arguments.Preset);
        Assert.Equal(7UL, arguments.Seed);
        Assert.Equal("net", arguments.FileName);
        Assert.Equal([ModelFormat.Safetensors], arguments.Formats);
    }

    [Fact]
    public void The_repository_s_own_models_are_written_or_checked()
    {
        Assert.Equal(RepositoryAction.Check, Parsed("--check", "x").Repository);
        Assert.Equal(RepositoryAction.Write, Parsed("--repository-models", "x").Repository);
    }

    [Theory]
    [InlineData("--out")]
    [InlineData("--preset", "initial")]
    [InlineData("--out", "x", "--preset", "trained")]
    [InlineData("--out", "x", "--seed", "-1")]
    [InlineData("--out", "x", "--epochs", "1.5")]
    [InlineData("--out", "x", "--formats", "onnx,gguf")]
    [InlineData("--out", "x", "--name", "../net")]
    [InlineData("--colour", "blue")]
    public void What_is_not_understood_is_said(params string[] words)
    {
        (Arguments? arguments, string? problem) = Arguments.Parse(words);
        Assert.Null(arguments);
        Assert.NotEmpty(problem!);
    }

    private static Arguments Parsed(params string[] words)
    {
        (Arguments? arguments, string? problem) = Arguments.Parse(words);
        Assert.Null(problem);
        return arguments!;
    }
}
