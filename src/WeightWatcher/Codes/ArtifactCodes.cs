namespace WeightWatcher.Codes;

/// <summary>The <c>WWG2xxx</c> codes: what can be wrong with an artifact.</summary>
public static class ArtifactCodes
{
    /// <summary>The path does not exist.</summary>
    public static readonly DiagnosticCode NotFound = new("WWG2001", "Artifact not found");

    /// <summary>The file holds no bytes.</summary>
    public static readonly DiagnosticCode EmptyFile = new("WWG2002", "Artifact is an empty file");

    /// <summary>The file ends before what its own header promises.</summary>
    public static readonly DiagnosticCode Truncated = new("WWG2003", "Artifact is truncated");

    /// <summary>The content is of no format that can be read.</summary>
    public static readonly DiagnosticCode UnknownFormat = new("WWG2004", "Artifact is of no known model format");

    /// <summary>The file is a Git LFS pointer, not the object it points to.</summary>
    public static readonly DiagnosticCode GitLfsPointer = new("WWG2005", "Artifact is a Git LFS pointer");

    /// <summary>The file is an HTML page, usually an error page saved under a model's name.</summary>
    public static readonly DiagnosticCode HtmlPage = new("WWG2006", "Artifact is an HTML page");

    /// <summary>The file is text: source code, JSON, XML, a log.</summary>
    public static readonly DiagnosticCode TextFile = new("WWG2007", "Artifact is a text file");

    /// <summary>The file is of a known kind that holds no readable weights, for example a gzip archive or an engine plan.</summary>
    public static readonly DiagnosticCode UnsupportedKind = new("WWG2008", "Artifact is of a kind that cannot be read");

    /// <summary>The file exists and cannot be opened or read.</summary>
    public static readonly DiagnosticCode Unreadable = new("WWG2009", "Artifact cannot be opened");

    /// <summary>A header, an archive, a pickle or a message breaks the rules of its format.</summary>
    public static readonly DiagnosticCode Malformed = new("WWG2010", "Artifact breaks the rules of its format");

    /// <summary>A tensor lies outside its storage.</summary>
    public static readonly DiagnosticCode TensorOutOfBounds = new("WWG2011", "Tensor lies outside its storage");

    /// <summary>A shape is negative, too large to be counted, or does not fit the bytes given.</summary>
    public static readonly DiagnosticCode InvalidShape = new("WWG2012", "Tensor has an impossible shape");

    /// <summary>An element type is unknown to the format.</summary>
    public static readonly DiagnosticCode UnknownElementType = new("WWG2013", "Tensor has an unknown element type");

    /// <summary>Two tensors have one name.</summary>
    public static readonly DiagnosticCode DuplicateTensor = new("WWG2014", "Tensor name is used twice");

    /// <summary>The tensors overlap or leave holes where the format forbids it.</summary>
    public static readonly DiagnosticCode OverlapOrHole = new("WWG2015", "Tensors overlap or leave holes");

    /// <summary>A file named inside the artifact lies outside the artifact's folder.</summary>
    public static readonly DiagnosticCode PathEscapes = new("WWG2016", "Referenced file lies outside the artifact's folder");

    /// <summary>A file named inside the artifact does not exist.</summary>
    public static readonly DiagnosticCode ReferencedFileMissing = new("WWG2017", "Referenced file is missing");

    /// <summary>Reading would need more than the artifact's size justifies.</summary>
    public static readonly DiagnosticCode LimitExceeded = new("WWG2018", "Artifact exceeds a reading limit");

    /// <summary>The artifact asks for something that is never done, such as running code.</summary>
    public static readonly DiagnosticCode Forbidden = new("WWG2019", "Artifact asks for what is never done");

    /// <summary>The artifact was read and holds no tensor.</summary>
    public static readonly DiagnosticCode NoTensors = new("WWG2020", "Artifact holds no tensors");

    /// <summary>The artifact holds tensors, none of which is a layer that can be analysed.</summary>
    public static readonly DiagnosticCode NoAnalysableLayer = new("WWG2021", "Artifact has no layer that can be analysed");

    /// <summary>A layer's weights hold NaN or infinity.</summary>
    public static readonly DiagnosticCode NonFiniteWeights = new("WWG2022", "Layer has NaN or infinite weights");

    /// <summary>All weights of a layer are zero.</summary>
    public static readonly DiagnosticCode AllZeroWeights = new("WWG2023", "Layer is all zero");

    /// <summary>The artifact changed while it was being read.</summary>
    public static readonly DiagnosticCode ChangedWhileReading = new("WWG2024", "Artifact changed while it was being read");

    /// <summary>An internal fault while analysing; the artifact is not judged good.</summary>
    public static readonly DiagnosticCode AnalysisFailed = new("WWG2025", "Analysis failed");

    /// <summary>Layers include or exclude patterns select nothing.</summary>
    public static readonly DiagnosticCode NoLayerSelected = new("WWG2026", "Layer patterns select no layer");

    /// <summary>A base model is named, and none of its weights matches one of the artifact.</summary>
    public static readonly DiagnosticCode BaseModelMismatch = new("WWG2027", "No weight matches the base model");
}
