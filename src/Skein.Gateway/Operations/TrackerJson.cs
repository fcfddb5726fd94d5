using Skein.Gateway.Metrics;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Operations;

/// <summary>Counters of requests and rates of disks in one list, by AIStore's names.</summary>
internal static class TrackerJson
{
    /// <summary>All values.</summary>
    public static SortedDictionary<string, long> Values(NodeCounters counters, INodeFacts facts)
    {
        var values = counters.Snapshot(facts.Uptime);
        values["state.flags"] = (long)facts.StateFlags;
        foreach (var (disk, rates) in facts.ReadDisks() ?? [])
        {
            values[$"disk.{disk}.read.bps"] = rates.ReadPerSecond;
            values[$"disk.{disk}.write.bps"] = rates.WrittenPerSecond;
            values[$"disk.{disk}.avg.rsize"] = rates.AverageRead;
            values[$"disk.{disk}.avg.wsize"] = rates.AverageWrite;
            values[$"disk.{disk}.util"] = rates.Utilization;
        }
        return values;
    }

    /// <summary>The kind of each value.</summary>
    public static SortedDictionary<string, string> Kinds(INodeFacts facts)
    {
        var kinds = NodeCounters.Kinds();
        kinds["state.flags"] = "gauge";
        foreach (var disk in facts.ReadDisks()?.Keys ?? Enumerable.Empty<string>())
        {
            kinds[$"disk.{disk}.read.bps"] = "compbw";
            kinds[$"disk.{disk}.write.bps"] = "compbw";
            kinds[$"disk.{disk}.avg.rsize"] = "gauge";
            kinds[$"disk.{disk}.avg.wsize"] = "gauge";
            kinds[$"disk.{disk}.util"] = "gauge";
        }
        return kinds;
    }
}
