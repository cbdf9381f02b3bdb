using WeightWatcher.Assertions.Tests;

[assembly: AssemblyFixture(typeof(Workspace))]
