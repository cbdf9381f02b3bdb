namespace Microsoft.Build.Framework;

/// <summary>
/// Tells multi-threaded MSBuild that a task may run beside others in one process. MSBuild ships no such type and recognises it by its
/// full name in any assembly.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
