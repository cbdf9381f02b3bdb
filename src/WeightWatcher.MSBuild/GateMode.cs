namespace WeightWatcher.MSBuild;

/// <summary>What a run of the gate is for.</summary>
internal enum GateMode
{
    /// <summary>A build: judges the items of the project and keeps a record.</summary>
    Gate,

    /// <summary>A report on demand: fails on nothing that a policy can say, and keeps no record.</summary>
    Report,

    /// <summary>Brings baseline files up to the models; judges against them afterwards, and keeps no record.</summary>
    Update,

    /// <summary>Says which acceptances fit no change of any run of an update; judges nothing.</summary>
    Accepted,

    /// <summary>Writes a starting policy from the models; judges nothing and keeps no record.</summary>
    Calibrate,

    /// <summary>Marks what the run for all target frameworks together is given; judges nothing.</summary>
    List,

    /// <summary>Packing or publishing without a build: judges the artifacts of the last gate.</summary>
    Recorded,
}
