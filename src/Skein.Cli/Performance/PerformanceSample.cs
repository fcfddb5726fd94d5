using System.Text.Json.Serialization;
using Skein.Client;
using Skein.Core.Nodes;

namespace Skein.Cli.Performance;

/// <summary>The counters of targets at one moment.</summary>
/// <param name="Targets">Counters by target, in the order of the ids.</param>
/// <param name="Timestamp">When they were taken, on the host's clock.</param>
internal sealed record PerformanceSample(SortedDictionary<string, SortedDictionary<string, long>> Targets, long Timestamp)
{
    /// <summary>Asks targets for their counters.</summary>
    /// <exception cref="SkeinException">When one does not answer.</exception>
    public static async Task<PerformanceSample> TakeAsync(
        CliHost host, SkeinClient client, IEnumerable<NodeInfo> targets, CancellationToken cancellation)
    {
        var result = new SortedDictionary<string, SortedDictionary<string, long>>(StringComparer.Ordinal);
        foreach (var target in targets)
        {
            var stats = await client.Operations.GetStatsAsync(target.Id, cancellation);
            result[target.Id] = stats.Tracker ?? new SortedDictionary<string, long>(StringComparer.Ordinal);
        }
        return new PerformanceSample(result, host.Time.GetTimestamp());
    }

    /// <summary>A counter of a target; 0 where it does not count that.</summary>
    public long Value(string target, string metric) =>
        Targets.TryGetValue(target, out var counters) ? counters.GetValueOrDefault(metric) : 0;

    /// <summary>A counter summed over all targets.</summary>
    public long Sum(string metric) => Targets.Keys.Sum(target => Value(target, metric));

    /// <summary>Names of all counters of all targets.</summary>
    public IEnumerable<string> Metrics => Targets.Values.SelectMany(counters => counters.Keys).Distinct();
}

/// <summary>Counters as <c>--json</c> prints them.</summary>
internal sealed record PerformanceDocument
{
    /// <summary>Counters by target.</summary>
    [JsonPropertyName("targets")]
    public required SortedDictionary<string, SortedDictionary<string, long>> Targets { get; init; }
}
