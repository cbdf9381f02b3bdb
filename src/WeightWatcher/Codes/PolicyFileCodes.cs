namespace WeightWatcher.Codes;

/// <summary>The <c>WWG3xxx</c> codes: what can be wrong with a policy file, by itself or beside the model that it judges.</summary>
public static class PolicyFileCodes
{
    /// <summary>The path does not exist.</summary>
    public static readonly DiagnosticCode NotFound = new("WWG3001", "Policy file not found");

    /// <summary>The file exists and cannot be opened, or is not text in UTF-8 or UTF-16.</summary>
    public static readonly DiagnosticCode Unreadable = new("WWG3002", "Policy file cannot be read");

    /// <summary>The file is larger than any policy needs to be.</summary>
    public static readonly DiagnosticCode TooLarge = new("WWG3003", "Policy file is too large");

    /// <summary>The file holds nothing, or comments only.</summary>
    public static readonly DiagnosticCode Empty = new("WWG3004", "Policy file is empty");

    /// <summary>The file is not YAML, or holds several documents.</summary>
    public static readonly DiagnosticCode InvalidYaml = new("WWG3005", "Policy file is not valid YAML");

    /// <summary>The document is not a mapping of keys to values.</summary>
    public static readonly DiagnosticCode NotAMapping = new("WWG3006", "Policy file is not a mapping");

    /// <summary>A key that no policy has.</summary>
    public static readonly DiagnosticCode UnknownKey = new("WWG3007", "Unknown key in a policy");

    /// <summary>A key is written twice in one mapping.</summary>
    public static readonly DiagnosticCode DuplicateKey = new("WWG3008", "Key is written twice");

    /// <summary>A value is of another kind than the key takes: text for a number, a list for a mapping.</summary>
    public static readonly DiagnosticCode WrongType = new("WWG3009", "Value is of the wrong type");

    /// <summary>A value is of the right kind and outside what the key allows.</summary>
    public static readonly DiagnosticCode OutOfRange = new("WWG3010", "Value is out of range");

    /// <summary>A number is NaN or infinite: every comparison with it would be meaningless.</summary>
    public static readonly DiagnosticCode NotFinite = new("WWG3011", "Number is not finite");

    /// <summary>The file does not say which version of the policy language it is written in.</summary>
    public static readonly DiagnosticCode MissingVersion = new("WWG3012", "Policy has no version");

    /// <summary>The file is written in a version of the policy language that this release does not know.</summary>
    public static readonly DiagnosticCode UnsupportedVersion = new("WWG3013", "Policy version is not supported");

    /// <summary>A rule lacks a key that it cannot do without.</summary>
    public static readonly DiagnosticCode MissingKey = new("WWG3014", "Required key is missing");

    /// <summary>Two rules of one file have the same id.</summary>
    public static readonly DiagnosticCode DuplicateRule = new("WWG3015", "Rule id is used twice");

    /// <summary>A metric that no report has.</summary>
    public static readonly DiagnosticCode UnknownMetric = new("WWG3016", "Unknown metric");

    /// <summary>A word that is none of those the key takes.</summary>
    public static readonly DiagnosticCode UnknownValue = new("WWG3017", "Unknown value");

    /// <summary><c>extends</c> names a policy that is not built in.</summary>
    public static readonly DiagnosticCode UnknownBuiltIn = new("WWG3018", "Unknown built-in policy");

    /// <summary>A rule's <c>min</c> is above its <c>max</c>, so that no value could keep it.</summary>
    public static readonly DiagnosticCode EmptyRange = new("WWG3019", "Minimum is above the maximum");

    /// <summary><c>allow</c> is a fraction, which could mean a share or a number of layers.</summary>
    public static readonly DiagnosticCode AmbiguousAllowance = new("WWG3020", "Allowance is neither a number of layers nor a percentage");

    /// <summary>A condition of <c>when</c> is not an operator and a number.</summary>
    public static readonly DiagnosticCode InvalidCondition = new("WWG3021", "Condition cannot be understood");

    /// <summary>A rule has no limit, so that it could never be broken.</summary>
    public static readonly DiagnosticCode RuleWithoutLimit = new("WWG3022", "Rule has no limit");

    /// <summary>Two keys of a rule exclude each other.</summary>
    public static readonly DiagnosticCode ContradictingKeys = new("WWG3023", "Keys exclude each other");

    /// <summary>A rule needs a metric that the policy's own <c>analysis</c> does not compute.</summary>
    public static readonly DiagnosticCode MetricNotComputed = new("WWG3024", "Rule needs a metric that the analysis does not compute");

    /// <summary>The file uses anchors, aliases, tags, or nests deeper than a policy needs.</summary>
    public static readonly DiagnosticCode UnsupportedYaml = new("WWG3026", "YAML feature is not allowed in a policy");

    /// <summary>The policy has no rules and does not say that this is meant.</summary>
    public static readonly DiagnosticCode JudgesNothing = new("WWG3027", "Policy judges nothing");

    /// <summary>A pattern of <c>layers.include</c> selects no layer of the model.</summary>
    public static readonly DiagnosticCode DeadInclude = new("WWG3028", "Include pattern matches no layer");

    /// <summary>A pattern of a rule's <c>layers</c> selects no layer of the model.</summary>
    public static readonly DiagnosticCode DeadRulePattern = new("WWG3029", "Rule pattern matches no layer");

    /// <summary>A pattern of <c>layers.exclude</c> excludes nothing.</summary>
    public static readonly DiagnosticCode DeadExclude = new("WWG3030", "Exclude pattern matches no layer");

    /// <summary>A report was judged by a policy that wants another analysis.</summary>
    public static readonly DiagnosticCode OtherAnalysis = new("WWG3031", "Report was made with other analysis options");

    /// <summary><c>runtime</c> names an input or a dimension that the model does not have.</summary>
    public static readonly DiagnosticCode DeadRuntimeSetting = new("WWG3040", "Runtime setting matches nothing in the model");
}
