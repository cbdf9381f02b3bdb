namespace WeightWatcher.MSBuild.Tests.Infra;

/// <summary>The kinds of projects that are restored once for all scenarios.</summary>
internal enum ProjectShape
{
    /// <summary>A library for one target framework.</summary>
    OneFramework,

    /// <summary>A library for two, neither of which needs a download.</summary>
    TwoFrameworks,

    /// <summary>A library that references ONNX Runtime, with its native assets.</summary>
    OnnxRuntime,

    /// <summary>The same for two target frameworks.</summary>
    OnnxRuntimeTwoFrameworks,
}
