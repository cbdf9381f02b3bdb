using System.Text.RegularExpressions;
using WeightWatcher.MSBuild.Tests.Infra;

namespace WeightWatcher.MSBuild.Tests.Scenarios;

public sealed partial class Several_target_frameworks(PackageFixture packages)
{
    private const string OwnModels = Scenario.OneModel + """
        <Target Name="AddOwn" AfterTargets="CoreCompile" Condition="'$(AddOwn)' == 'true'">
          <Copy SourceFiles="model.safetensors" DestinationFiles="$(OutDir)own.safetensors" />
          <ItemGroup><WeightWatcherModel Include="$(OutDir)own.safetensors" /></ItemGroup>
        </Target>
        """;

    [Fact]
    public async Task have_one_verdict_on_the_model_that_they_share()
    {
        using Scenario scenario = packages.NewScenario(OwnModels, ProjectShape.TwoFrameworks)
            .With("weightwatcher.yml", Models.WarningPolicy)
            .With("model.safetensors", Models.Random());

        foreach (string[] arguments in (string[][])[["-m:1"], ["-m:2"], ["-f", "net10.0"], ["-graph"]])
        {
            BuildResult build = (await scenario.Build(arguments)).Succeeds();
            Assert.True(build.Verdicts.Count == 1, string.Join(' ', arguments) + build.Output);
            Assert.Single(build.Warnings);
        }

        BuildResult own = (await scenario.Build("-p:AddOwn=true")).Succeeds();
        Assert.Equal(3, own.Verdicts.Count);
        Assert.Single(own.Verdicts, v => v.Contains(" model.safetensors passes", StringComparison.Ordinal));
        Assert.Single(own.Verdicts, v => v.Contains("net10.0/own.safetensors passes", StringComparison.Ordinal));
        Assert.Single(own.Verdicts, v => v.Contains("net10.0-windows/own.safetensors passes", StringComparison.Ordinal));

        // Packing without a build judges all three again, and another configuration has nothing to judge.
        BuildResult pack = (await scenario.Run("pack", "--no-build", "-c", "Debug")).Succeeds();
        Assert.Equal(3, pack.Verdicts.Count);
        Assert.Empty((await scenario.Run("pack", "--no-build", "-c", "Release")).FailsWith("WWG5003").Verdicts);

        (await scenario.Run("clean")).Succeeds();
        Assert.Empty(Directory.GetFiles(scenario.File("obj"), "*.report.json", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(scenario.File("obj"), "weightwatcher*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task fail_once_on_a_bad_model_and_obey_the_lists_of_warnings()
    {
        using Scenario scenario = packages.NewScenario(Scenario.OneModel, ProjectShape.TwoFrameworks)
            .With("weightwatcher.yml", Models.WarningPolicy)
            .With("model.safetensors", Models.Random());

        string code = Assert.Single((await scenario.Build("-p:TreatWarningsAsErrors=true")).Fails().Errors).Code;

        Assert.Empty((await scenario.Build($"-p:NoWarn={code}")).Succeeds().Warnings);

        // Nothing is made of a model that failed, with a build or without.
        scenario.With("weightwatcher.yml", Models.Policy);
        Assert.Single((await scenario.Run("pack", "--no-restore", "-c", "Debug")).Fails().Errors);
        Assert.Single((await scenario.Run("pack", "--no-build", "-c", "Debug")).Fails().Errors);
        Assert.Single((await scenario.Run("publish", "--no-restore", "-f", "net10.0", "-c", "Debug")).Fails().Errors);
        Assert.Empty(Directory.GetFiles(scenario.File("bin"), "*.nupkg", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetDirectories(scenario.File("bin"), "publish", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task fail_on_a_pattern_that_matches_nothing()
    {
        using Scenario scenario = packages.NewScenario("""
            <PropertyGroup><WeightWatcherGateDependsOn>Train</WeightWatcherGateDependsOn></PropertyGroup>
            <Target Name="Train" Condition="'$(TargetFramework)' == 'net10.0' and '$(Train)' == 'true'">
              <PropertyGroup><WeightWatcherModelGlobs>$(OutDir)*.onnx</WeightWatcherModelGlobs></PropertyGroup>
            </Target>
            """ + Scenario.OneModel, ProjectShape.TwoFrameworks)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured());

        Assert.Single((await scenario.Build("-p:WeightWatcherModelGlobs=models/*.onnx")).FailsWith("WWG5005").Errors);
        Assert.Single((await scenario.Build("-p:Train=true")).FailsWith("WWG5005").Errors);
        (await scenario.Build("-p:WeightWatcherModelGlobs=models/*.onnx", "-p:WeightWatcherAllowNoModels=true")).Succeeds();
        (await scenario.Build("-p:WeightWatcherModelGlobs=%3B%3B")).Succeeds();
    }

    [Fact]
    public async Task judge_what_each_of_them_builds_or_judges_by_a_policy_of_its_own()
    {
        using Scenario scenario = packages.NewScenario("""
            <PropertyGroup>
              <WeightWatcherModelGlobs>bin/**/*.safetensors</WeightWatcherModelGlobs>
              <WeightWatcherGateDependsOn>Train</WeightWatcherGateDependsOn>
            </PropertyGroup>
            <Target Name="Train">
              <Copy SourceFiles="$(TargetFramework).weights" DestinationFiles="$(OutDir)made.safetensors" />
            </Target>
            <ItemGroup>
              <WeightWatcherModel Include="random.safetensors" Policy="lax.yml" />
              <WeightWatcherModel Update="random.safetensors" Policy="$(Policy)" Condition="'$(TargetFramework)' == 'net10.0-windows' and '$(Policy)' != ''" />
            </ItemGroup>
            """, ProjectShape.TwoFrameworks)
            .With("weightwatcher.yml", Models.Policy)
            .With("lax.yml", Models.WarningPolicy)
            .With("strict.yml", Models.Policy)
            .With("random.safetensors", Models.Random())
            .With("net10.0.weights", Models.Structured())
            .With("net10.0-windows.weights", Models.Random());

        BuildResult clean = (await scenario.Build("-m:1")).Fails();
        Assert.Equal(3, clean.Verdicts.Count);
        Assert.Contains("net10.0-windows/made.safetensors fails", Assert.Single(clean.Verdicts, v => v.Contains(" fails ", StringComparison.Ordinal)), StringComparison.Ordinal);

        scenario.With("net10.0-windows.weights", Models.Structured());
        File.Delete(scenario.File("bin/Debug/net10.0-windows/made.safetensors"));
        Assert.Equal(3, (await scenario.Build("-m:1")).Succeeds().Verdicts.Count(v => v.Contains(" passes ", StringComparison.Ordinal)));
        BuildResult strict = (await scenario.Build("-m:1", "-p:Policy=strict.yml")).Fails();
        Assert.Contains("random.safetensors fails strict.yml", Assert.Single(strict.Verdicts, v => v.Contains(" fails ", StringComparison.Ordinal)), StringComparison.Ordinal);

        // The list of this build has the good model that this target framework is about to replace.
        scenario.With("net10.0-windows.weights", Models.Random());
        Assert.Contains("net10.0-windows/made.safetensors", Assert.Single((await scenario.Build("-m:1")).Fails().Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task are_one_when_the_project_chooses_one()
    {
        using Scenario scenario = packages.NewScenario("<PropertyGroup><TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks></PropertyGroup>" + Scenario.OneModel)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured());

        Assert.Single((await scenario.Build()).Succeeds().Verdicts);
        Assert.Single((await scenario.Run("publish", "--no-build", "-c", "Debug")).Succeeds().Verdicts);
        scenario.With("model.safetensors", Models.Random());
        Assert.Single((await scenario.Build()).Fails().Errors);
    }

    [Fact]
    public async Task need_not_all_reference_the_package()
    {
        // What NuGet's own file of the project says where a target framework has no such reference.
        using Scenario scenario = packages.NewScenario(
            """<PropertyGroup Condition="'$(TargetFramework)' == 'net10.0-windows'"><ExcludeRestorePackageImports>true</ExcludeRestorePackageImports></PropertyGroup>""" + Scenario.OneModel,
            ProjectShape.TwoFrameworks)
            .With("weightwatcher.yml", Models.Policy)
            .With("model.safetensors", Models.Structured());

        Assert.Single((await scenario.Build()).Succeeds().Verdicts);
        Assert.Single((await scenario.Run("pack", "--no-build", "-c", "Debug")).Succeeds().Verdicts);
        Assert.Single((await scenario.Build("-t:WeightWatcherReport")).Succeeds().Verdicts);
    }

    [Fact]
    public async Task accept_in_one_update_what_each_of_them_needs()
    {
        using Scenario scenario = packages.NewScenario("""
            <PropertyGroup><WeightWatcherGateDependsOn>Train</WeightWatcherGateDependsOn></PropertyGroup>
            <Target Name="Train">
              <Copy SourceFiles="$(TargetFramework).weights" DestinationFiles="$(OutDir)made.safetensors" />
              <ItemGroup><WeightWatcherModel Include="$(OutDir)made.safetensors" Policy="no-regression" Baseline="baselines/$(TargetFramework)/" /></ItemGroup>
            </Target>
            <ItemGroup><WeightWatcherModel Include="model.safetensors" Policy="no-regression" Baseline="baselines/" /></ItemGroup>
            """, ProjectShape.TwoFrameworks)
            .With("model.safetensors", Models.Mixed(192, 128, strength: 4))
            .With("net10.0.weights", Models.Mixed(192, 128, strength: 4))
            .With("net10.0-windows.weights", Models.Mixed(192, 128, strength: 4));
        (await scenario.Build("-t:WeightWatcherUpdateBaseline")).Succeeds();

        scenario.With("net10.0-windows.weights", Models.Mixed(192, 128, strength: 2));
        string[] accept = [.. Accept().Matches((await scenario.Build()).Fails().Output).Select(m => m.Value), "-p:WeightWatcherAcceptReason=why"];
        Assert.Equal(2, accept.Length);
        BuildResult unused = (await scenario.Build(["-t:WeightWatcherUpdateBaseline", accept[0] + "%3Bfc9:alpha", accept[1]])).FailsWith("WWG4017");
        Assert.Contains("'fc9:alpha'", Assert.Single(unused.Errors).Message, StringComparison.Ordinal);
        (await scenario.Build()).Succeeds();

        scenario.With("model.safetensors", Models.Mixed(192, 128, strength: 2));
        (await scenario.Build(["-t:WeightWatcherUpdateBaseline", .. accept])).Succeeds();
        (await scenario.Build()).Succeeds();
    }

    [GeneratedRegex("-p:WeightWatcherAccept=[^\"]+")]
    private static partial Regex Accept();
}
