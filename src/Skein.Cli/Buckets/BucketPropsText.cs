using System.Globalization;
using System.Text.Json;
using Skein.Cli.Output;
using Skein.Core.Buckets;

namespace Skein.Cli.Buckets;

/// <summary>The properties of a bucket as people read them.</summary>
internal static class BucketPropsText
{
    private const long NanosecondsPerTick = 100;

    // What says nothing to people.
    private static readonly string[] Hidden = ["bid", "Renamed", "renamed", "extra", "ext", "backend_bck.namespace"];

    /// <summary>Names and values, in the order of the names.</summary>
    /// <param name="props">The properties as the cluster sends them.</param>
    /// <param name="compact">True for one line for each section.</param>
    public static List<KeyValuePair<string, string>> Of(JsonElement props, bool compact)
    {
        var pairs = PropertyTable.Flatten(props)
            .Where(pair => !Hidden.Any(name => pair.Key == name || pair.Key.StartsWith(name + ".", StringComparison.Ordinal)))
            .Select(pair => new KeyValuePair<string, string>(pair.Key, Readable(pair.Key, pair.Value)))
            .Append(new("present", "yes"))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .ToList();
        return compact ? Compact(pairs) : pairs;
    }

    private static string Readable(string key, string value) => key switch
    {
        "access" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var bits) =>
            ((AccessPermissions)bits).Describe().Trim('[', ']').Replace(' ', ','),
        "created" when long.TryParse(value, CultureInfo.InvariantCulture, out var nanoseconds) =>
            DateTime.UnixEpoch.AddTicks(nanoseconds / NanosecondsPerTick)
                .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        "features" when value == "0" => "none",
        _ => value,
    };

    private static List<KeyValuePair<string, string>> Compact(List<KeyValuePair<string, string>> pairs)
    {
        var values = pairs.ToDictionary();
        var result = pairs.Where(pair => !pair.Key.Contains('.', StringComparison.Ordinal)).ToList();
        Add("checksum", $"Type: {Value("checksum.type")} | Validate: {Validations(values)}");
        Add("ec", On("ec.enabled")
            ? $"{Value("ec.data_slices")}:{Value("ec.parity_slices")} ({Value("ec.objsize_limit")} bytes)" : "Disabled");
        Add("lru", On("lru.enabled") ? $"Don't evict time: {Value("lru.dont_evict_time")}" : "Disabled");
        Add("mirror", On("mirror.enabled") ? $"{Value("mirror.copies")} copies" : "Disabled");
        Add("versioning", On("versioning.enabled")
            ? $"Enabled | Validate on WarmGET: {(On("versioning.validate_warm_get") ? "yes" : "no")}" : "Disabled");
        if (Value("backend_bck.name").Length != 0)
        {
            Add("backend_bck", $"{Providers.Scheme(Value("backend_bck.provider"))}://{Value("backend_bck.name")}");
        }
        return [.. result.OrderBy(pair => pair.Key, StringComparer.Ordinal)];

        void Add(string key, string text) => result.Add(new(key, text));

        string Value(string key) => values.GetValueOrDefault(key, "");

        bool On(string key) => Value(key) == "true";
    }

    private static string Validations(Dictionary<string, string> values)
    {
        (string Key, string Word)[] all =
            [("validate_cold_get", "ColdGET"), ("validate_warm_get", "WarmGET"), ("validate_obj_move", "ObjectMove")];
        var on = all.Where(one => values.GetValueOrDefault("checksum." + one.Key) == "true").Select(one => one.Word).ToList();
        return on.Count == 0 ? "Nothing" : string.Join(", ", on);
    }
}
