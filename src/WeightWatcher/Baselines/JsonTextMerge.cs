namespace WeightWatcher.Baselines;

/// <summary>Gives a text that replaces another the comments and the order of the one that it replaces.</summary>
internal static class JsonTextMerge
{
    /// <summary>Carries over comments, and the order of keys and of items that are in both.</summary>
    /// <param name="former">The text that is replaced.</param>
    /// <param name="next">The text that replaces it; changed in place.</param>
    /// <param name="identity">What identifies an item of a list, or null when its items have no identity.</param>
    public static void Carry(JsonValue former, JsonValue next, Func<JsonValue, string?> identity)
    {
        next.Leading.AddRange(former.Leading);
        next.Trailing.AddRange(former.Trailing);
        if (former is JsonContainer formerContainer && next is JsonContainer nextContainer)
        {
            nextContainer.Opening.AddRange(formerContainer.Opening);
            nextContainer.Closing.AddRange(formerContainer.Closing);
        }

        switch (former, next)
        {
            case (JsonMapping formerMapping, JsonMapping nextMapping):
                Dictionary<string, JsonValue> values = formerMapping.Members.ToDictionary(member => member.Key, member => member.Value, StringComparer.Ordinal);
                foreach ((string key, JsonValue value) in nextMapping.Members)
                {
                    if (values.TryGetValue(key, out JsonValue? known))
                        Carry(known, value, identity);
                }

                Reorder(nextMapping.Members, member => member.Key, formerMapping.Members.Select(member => member.Key));
                break;
            case (JsonList formerList, JsonList nextList):
                CarryItems(formerList, nextList, identity);
                break;
        }
    }

    private static void CarryItems(JsonList former, JsonList next, Func<JsonValue, string?> identity)
    {
        Dictionary<string, JsonValue> items = new(StringComparer.Ordinal);
        foreach (JsonValue item in former.Items)
        {
            if (identity(item) is { } id)
                items.TryAdd(id, item);
        }

        foreach (JsonValue item in next.Items)
        {
            if (Identity(item) is { } id && items.TryGetValue(id, out JsonValue? known))
                Carry(known, item, identity);
        }

        if (items.Count > 0)
            Reorder(next.Items, item => Identity(item) ?? "", items.Keys);

        string? Identity(JsonValue item) => item.FormerIdentity ?? identity(item);
    }

    /// <summary>Puts what was there before into its former order; what is new comes after what it follows in the new order.</summary>
    private static void Reorder<T>(List<T> items, Func<T, string> identity, IEnumerable<string> former)
    {
        Dictionary<string, int> order = new(StringComparer.Ordinal);
        foreach (string id in former)
            order.TryAdd(id, order.Count);
        List<T> ordered = [.. items.Where(item => order.ContainsKey(identity(item))).OrderBy(item => order[identity(item)])];
        int after = 0;
        foreach (T item in items)
        {
            if (order.ContainsKey(identity(item)))
                after = ordered.IndexOf(item) + 1;
            else
                ordered.Insert(after++, item);
        }

        items.Clear();
        items.AddRange(ordered);
    }
}
