using System.Collections.Immutable;
using System.Globalization;
using WeightWatcher;
using WeightWatcher.Evaluation.Harness;
using WeightWatcher.Evaluation.Simulations;

const string Usage = """
    Measures how far the diagnostics can be trusted, and prints Markdown tables.

      uncertainty [DRAWS [POPULATION]]      stated errors beside the true spread, on simulated matrices (docs/uncertainty.md)
      traps [MODELS [DRAWS]]                how often random models of 200 layers raise a correlation trap, and how often planted ones are found (docs/traps.md)
      bulk [DRAWS]                          how far the fitted edge of the Marchenko-Pastur bulk is off under planted spikes (docs/uncertainty.md)
      nulls [MATRICES]                      what is stated of the distance between two permutations, beside many of them, on matrices of large entries (docs/uncertainty.md)
      untrained FOLDER [DRAWS [POLICY]]     how often well-trained, or a policy's file, passes models that were only initialised; FOLDER holds what is known of their layers
      families FOLDER                       trains small networks, with checkpoints and retrainings, and lists them in FOLDER/models.txt
      policies FOLDER MODELS [POLICIES]     what the built-in policies say of damaged and harmless variants of the models of the list MODELS; of those in the folder
                                            POLICIES instead (well-trained.yml, no-regression.yml); FOLDER holds the variants and what is known of their layers
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["uncertainty", .. var rest]:
        StatedErrors.Run(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 200, rest.Length > 1 ? rest[1] : "", Console.Out);
        return 0;
    case ["traps", .. var rest]:
        TrapRates.Alarms(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 400, Console.Out);
        Console.Out.WriteLine();
        TrapRates.Power(rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 400, Console.Out);
        return 0;
    case ["bulk", .. var rest]:
        BulkEdges.Run(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 200, Console.Out);
        return 0;
    case ["nulls", .. var rest]:
        DistanceNulls.Run(rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 4, Console.Out);
        return 0;
    case ["untrained", var folder, .. var rest]:
        Directory.CreateDirectory(folder);
        UntrainedModels.Run(
            rest.Length > 1 ? Policy.Load(rest[1]) : Policy.WellTrained, rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 8, folder, Console.Out);
        return 0;
    case ["families", var folder]:
        Families.Write(folder, Console.Error);
        return 0;
    case ["policies", var folder, var models, .. var policies]:
        Policy wellTrained = policies.Length > 0 ? Policy.Load(Path.Combine(policies[0], "well-trained.yml")) : Policy.WellTrained;
        Policy noRegression = policies.Length > 0 ? Policy.Load(Path.Combine(policies[0], "no-regression.yml")) : Policy.NoRegression;
        ImmutableArray<Judged> judged = new PolicyEvaluation(wellTrained, noRegression, folder, Console.Error).Run(Manifest.Read(models));
        RateTables.Write(judged, Console.Out);
        RateTables.WriteSurprises(judged, Console.Error);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
