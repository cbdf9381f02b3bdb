namespace WeightWatcher.MSBuild.Tests.Units;

public sealed class GateRecordTests
{
    [Fact]
    public void A_record_that_cannot_have_a_new_time_keeps_its_own()
    {
        string absent = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "record");
        Assert.Null(Record.Exception(() => GateRecord.Touch(absent)));
    }
}
