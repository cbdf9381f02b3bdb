using System.Diagnostics;

namespace Xunit;

/// <summary>
/// The assertions on trained models as members of <see cref="Assert"/>, for C# 14 and later: <c>Assert.ModelWellTrained("model.onnx")</c>.
/// <see cref="ModelAssert"/> has the same ones for earlier versions of the language.
/// </summary>
public static class ModelAssertExtensions
{
    extension(Assert)
    {
        /// <inheritdoc cref="ModelAssert.WellTrained(string, string?)"/>
        [StackTraceHidden]
        public static void ModelWellTrained(string path, string? policy = null) => ModelAssert.WellTrained(path, policy);

        /// <inheritdoc cref="ModelAssert.MeetsPolicy(string, string)"/>
        [StackTraceHidden]
        public static void ModelMeetsPolicy(string path, string policy) => ModelAssert.MeetsPolicy(path, policy);

        /// <inheritdoc cref="ModelAssert.NotRegressed(string, string, string?)"/>
        [StackTraceHidden]
        public static void ModelNotRegressed(string path, string baseline, string? policy = null) => ModelAssert.NotRegressed(path, baseline, policy);

        /// <inheritdoc cref="ModelAssert.LayerMeetsPolicy(string, string, string?)"/>
        [StackTraceHidden]
        public static void ModelLayerMeetsPolicy(string path, string layer, string? policy = null) => ModelAssert.LayerMeetsPolicy(path, layer, policy);
    }
}
