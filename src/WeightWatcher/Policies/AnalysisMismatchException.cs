using WeightWatcher.Codes;

namespace WeightWatcher;

/// <summary>A report was judged by a policy that wants another analysis: a mistake of the caller, not a property of the model.</summary>
public sealed class AnalysisMismatchException : CodedException
{
    internal AnalysisMismatchException(string message)
        : base(PolicyFileCodes.OtherAnalysis, message)
    {
    }
}
