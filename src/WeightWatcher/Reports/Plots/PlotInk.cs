using OxyPlot;

namespace WeightWatcher.Reports.Plots;

/// <summary>
/// The colours of plots by what they mean. A plot is drawn in these stand-ins, and written with a class in their place, so that the style sheet of the page
/// decides how it looks in light, in dark and on paper.
/// </summary>
internal static class PlotInk
{
    /// <summary>Text.</summary>
    public static readonly OxyColor Text = Of(1);

    /// <summary>Axes and their numbers.</summary>
    public static readonly OxyColor Axis = Of(2);

    /// <summary>Grid lines.</summary>
    public static readonly OxyColor Grid = Of(3);

    /// <summary>The layer as it is.</summary>
    public static readonly OxyColor Real = Of(4);

    /// <summary>The filled area of the layer as it is.</summary>
    public static readonly OxyColor RealArea = Of(5);

    /// <summary>The permuted layer.</summary>
    public static readonly OxyColor Permuted = Of(6);

    /// <summary>The filled area of the permuted layer.</summary>
    public static readonly OxyColor PermutedArea = Of(7);

    /// <summary>A fitted law.</summary>
    public static readonly OxyColor Fit = Of(8);

    /// <summary>What stands out: a spike.</summary>
    public static readonly OxyColor Spike = Of(9);

    /// <summary>A correlation trap.</summary>
    public static readonly OxyColor Trap = Of(10);

    /// <summary>An error.</summary>
    public static readonly OxyColor Error = Of(11);

    /// <summary>A warning.</summary>
    public static readonly OxyColor Warning = Of(12);

    /// <summary>A band that is labelled as good.</summary>
    public static readonly OxyColor Band = Of(13);

    /// <summary>What is there and not meant to be looked at.</summary>
    public static readonly OxyColor Faint = Of(14);

    private static readonly string[] Classes = ["", "tx", "ax", "gr", "re", "ra", "pe", "pa", "fi", "sp", "tr", "er", "wa", "ba", "fa"];

    /// <summary>The class of a colour: its two letters.</summary>
    public static string Class(OxyColor color) => Classes[color.B];

    private static OxyColor Of(byte number) => OxyColor.FromArgb(255, 0, 0, number);
}
