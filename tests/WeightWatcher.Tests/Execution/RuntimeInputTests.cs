using WeightWatcher.Tests.Checkpoints.Writers;

namespace WeightWatcher.Tests.Execution;

/// <summary>Inputs are made from what the model says of them and from what the policy adds.</summary>
[Collection(Processes)]
public sealed class RuntimeInputTests : RuntimeTest
{
    [Theory]
    [InlineData(OnnxWriter.Float, "float", 0, 6)]
    [InlineData(OnnxWriter.Double, "double", 0, 6)]
    [InlineData(OnnxWriter.Float16, "float16", 0, 6)]
    [InlineData(OnnxWriter.Bfloat16, "bfloat16", 0, 6)]
    [InlineData(OnnxWriter.Uint8, "uint8", 2, 255)]
    [InlineData(OnnxWriter.Int8, "int8", 2, 128)]
    [InlineData(4, "uint16", 1, 1)]
    [InlineData(5, "int16", 1, 1)]
    [InlineData(OnnxWriter.Int32, "int32", 1, 1)]
    [InlineData(OnnxWriter.Int64, "int64", 1, 1)]
    [InlineData(12, "uint32", 1, 1)]
    [InlineData(13, "uint64", 1, 1)]
    [InlineData(RunnableOnnx.Bool, "bool", 1, 1)]
    [InlineData(OnnxWriter.String, "string", 0, 0)]
    public void Every_element_type_has_values_in_its_range(int type, string name, double least, double most)
    {
        GateResult result = Run(RunnableOnnx.Through(type, 4, 8), "");
        Assert.Empty(result.Verdict.Violations);
        RuntimeOutput output = result.Report.Runtime!.Outputs.Single(value => value.Name == "out");
        Assert.Equal(name, output.Type);
        Assert.Equal(32, output.Elements);
        Assert.InRange(output.MaxAbs, least, most);
    }

    [Fact]
    public void Free_sizes_have_defaults_and_one_name_has_one_size()
    {
        static string Shapes(GateResult result) => string.Join(" ", result.Report.Runtime!.Inputs.Where(input => input.Name == "in").Select(input => string.Join(",", input.Shape)));
        Assert.Equal("1,16", Shapes(Run(RunnableOnnx.Through(OnnxWriter.Float, "n", "length"))));
        Assert.Equal("1,16,64,64", Shapes(Run(RunnableOnnx.Through(OnnxWriter.Float, "n", "c", "h", "w"))));
        Assert.Equal("1,3,64,64", Shapes(Run(RunnableOnnx.Through(OnnxWriter.Float, "n", 3, "h", "w"))));
        Assert.Equal("2,1", Shapes(Run(RunnableOnnx.Through(OnnxWriter.Float, 2, "batch_size"))));
        Assert.Equal("1,1", Shapes(Run(RunnableOnnx.Through(OnnxWriter.Float, "same", "same"))));
        Assert.Equal("5,7", Shapes(Run(RunnableOnnx.Through(OnnxWriter.Float, "n", "length"), "dimensions: { n: 5, length: 7 }")));
        Assert.Equal("2,0", Shapes(Run(RunnableOnnx.Through(OnnxWriter.Float, "n", "length"), "inputs: { in: { shape: [2, 0] } }")));
    }

    [Fact]
    public void A_range_and_a_value_are_kept()
    {
        static RuntimeOutput Out(GateResult result)
        {
            Assert.Empty(result.Verdict.Violations);
            return result.Report.Runtime!.Outputs.Single(value => value.Name == "out");
        }

        Assert.InRange(Out(Run(RunnableOnnx.Through(OnnxWriter.Int64, 64), "inputs: { in: { min: 5, max: 9 } }")).MaxAbs, 5, 9);
        Assert.Equal(9, Out(Run(RunnableOnnx.Through(OnnxWriter.Int64, 640), "inputs: { in: { min: -5, max: 9 } }")).MaxAbs);
        Assert.InRange(Out(Run(RunnableOnnx.Through(OnnxWriter.Float, 640), "inputs: { in: { min: 2.5, max: 3 } }")).MaxAbs, 2.9, 3);
        Assert.Equal(16000, Out(Run(RunnableOnnx.Through(OnnxWriter.Int64), "inputs: { in: { value: 16000 } }")).MaxAbs);
        Assert.Equal(0, Out(Run(RunnableOnnx.Through(RunnableOnnx.Bool, 64), "inputs: { in: { value: false } }")).MaxAbs);
        Assert.Equal("string", Out(Run(RunnableOnnx.Through(OnnxWriter.String, 2), "inputs: { in: { value: 'a text' } }")).Type);
    }

    [Fact]
    public void Indices_are_valid_by_default_and_out_of_range_when_the_policy_says_so()
    {
        Assert.Empty(Run(RunnableOnnx.Embedding()).Verdict.Violations);
        Assert.Empty(Run(RunnableOnnx.Embedding(), "inputs: { ids: { min: 0, max: 9 } }, runs: 4").Verdict.Violations);
        Only(Run(RunnableOnnx.Embedding(), "inputs: { ids: { min: 100, max: 200 } }"), "WWG1022");
    }

    [Theory]
    [InlineData("inputs: { in: { shape: [4, 9] } }", "the model wants [4, 8]")]
    [InlineData("inputs: { in: { shape: [32] } }", "the model wants [4, 8]")]
    [InlineData("inputs: { in: { value: many } }", "it takes whole numbers")]
    [InlineData("inputs: { in: { value: 300 } }", "from 0 to 255")]
    [InlineData("inputs: { in: { min: 0, max: 256 } }", "from 0 to 255")]
    [InlineData("inputs: { in: { min: 0.2, max: 0.8 } }", "it takes whole numbers")]
    public void What_an_input_does_not_take_is_said(string runtime, string expected) =>
        Assert.Contains(expected, Only(Run(RunnableOnnx.Through(OnnxWriter.Uint8, 4, 8), runtime), "WWG1028").Message, StringComparison.Ordinal);

    [Fact]
    public void Too_many_elements_are_refused() =>
        Assert.Contains("more than", Only(Run(RunnableOnnx.Through(OnnxWriter.Float, "n", "m"), "dimensions: { n: 100000, m: 100000 }"), "WWG1028").Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_that_the_model_does_not_have_is_a_warning()
    {
        GateResult result = Run(RunnableOnnx.Linear(), "inputs: { ids: { value: 1 } }, dimensions: { Batch: 2 }");
        Assert.Equal(["WWG3040", "WWG3040"], result.Verdict.Violations.Select(violation => violation.Code));
        Assert.True(result.Verdict.Passed);
        Assert.Contains(result.Verdict.Violations, violation => violation.Message.Contains("no dimension Batch", StringComparison.Ordinal));
    }

    [Fact]
    public void A_dimension_of_an_input_whose_shape_is_given_is_one_that_the_model_has() =>
        Assert.Empty(Run(RunnableOnnx.Linear(), $"inputs: {{ x: {{ shape: [3, {RunnableOnnx.Rows}] }} }}, dimensions: {{ batch: 3 }}").Verdict.Violations);
}
