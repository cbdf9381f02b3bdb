using System.Collections.Immutable;
using System.Text;

namespace WeightWatcher.Tests.Hostile;

/// <summary>Policies that use every key.</summary>
internal static class PolicySeeds
{
    public static ImmutableArray<Seed> Files { get; } =
    [
        Text("short", "version: 1\nextends: well-trained\n"),
        Text("rules", """
            version: 1
            extends: none
            analysis: { semantics: strict, randomize: permute, seed: 42, fit: PL, min_evals: 10, pool: true }
            layers: { include: ["**"], exclude: ["*embed*"] }
            rules:
              - id: alpha-range
                metric: alpha
                per: layer
                layers: ["encoder.*"]
                when: { num_evals: ">= 50" }
                min: 2.0
                max: 6.0
                allow: 10%
                severity: warning
                when_not_applicable: warn
              - { id: mean, metric: rand_distance, per: model, aggregate: mean, min: 0.05 }
              - id: new-traps
                metric: num_traps
                per: layer
                baseline: { max_increase: 0, max_decrease: 5% }
            baseline: { path: baselines/main.onnx }
            coverage: { min: 90% }
            """),
        new("utf16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("version: 1\nextends: [well-trained, no-regression]\n")]),
    ];

    public static ImmutableArray<string> Words { get; } =
    [
        "version: ", "extends: ", "analysis: ", "layers: ", "rules: ", "baseline: ", "coverage: ", "runtime: ", "- id: ", "metric: ", "per: ", "aggregate: ", "min: ", "max: ", "allow: ", "severity: ", "when: ",
        "&a ", "*a", "!!str ", "!!python/object ", "---\n", "...\n", "? ", "|\n", ">\n", "<<: *a", "[[[[", "{{{{", ".nan", ".inf", "1e999", "0x7f", "1_000", "%", "\"\\u0000\"", "# ", "\t", "''", "~", "-0",
    ];

    private static Seed Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
