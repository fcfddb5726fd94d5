using System.Collections.Concurrent;
using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Console.Feed;

/// <summary>Asks the nodes how they are and puts their answers together. Who does not answer in time is shown so.</summary>
/// <param name="services">Services of the proxy.</param>
internal sealed class ViewReader(GatewayServices services)
{
    /// <summary>Jobs that are shown.</summary>
    public const int MaxJobs = 100;

    /// <summary>Nodes that are asked at the same time.</summary>
    private const int MaxQuestions = 16;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>Looks at the cluster.</summary>
    public async Task<ConsoleView> ReadAsync(CancellationToken cancellation)
    {
        var document = services.Metadata.Current.Document;
        var control = ReadControlAsync(document, cancellation);
        var jobs = ReadJobsAsync(document, cancellation);
        var statuses = await ReadNodesAsync(document, cancellation).ConfigureAwait(false);
        var (plane, isWritable) = await control.ConfigureAwait(false);
        var states = plane.Nodes.ToDictionary(node => node.Id, node => node.State);
        var view = new ConsoleView
        {
            Time = services.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            Node = services.Facts.Self.Id,
            Product = services.Facts.Build.Version,
            Cluster = document.Exists ? document.Uuid : "",
            Writable = isWritable,
            Control = plane,
            Nodes =
            [
                .. document.Map.AllNodes.Select(node => Describe(
                    node, states.GetValueOrDefault(node.Id, "online"),
                    statuses.TryGetValue(node.Id, out var found) ? found : null)),
            ],
            Jobs = await jobs.ConfigureAwait(false),
            Buckets = document.Buckets.Buckets.Count,
        };
        return view with { Health = HealthVerdict.Judge(view) };
    }

    private async Task<(ControlStatus Status, bool IsWritable)> ReadControlAsync(
        ControlDocument document, CancellationToken cancellation)
    {
        var own = services.Operations?.ReadControl() ?? new ControlStatus();
        if (own.IsFromPrimary || document.Map.Find(own.Primary) is not { } primary)
        {
            return (own, own.IsFromPrimary);
        }
        try
        {
            var answer = await services.Peers
                .GetBytesAsync(primary, "/v1/daemon?what=control", Limit, cancellation).ConfigureAwait(false);
            var status = JsonSerializer.Deserialize(answer, WireJsonContext.Default.ControlStatus);
            return status is { IsFromPrimary: true } ? (status, true) : (own, false);
        }
        catch (Exception e) when (e is StoreException or JsonException)
        {
            return (own, false);
        }
    }

    private async Task<ConcurrentDictionary<string, (NodeStatus, MountpathLists)>> ReadNodesAsync(
        ControlDocument document, CancellationToken cancellation)
    {
        var statuses = new ConcurrentDictionary<string, (NodeStatus, MountpathLists)>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxQuestions, CancellationToken = cancellation };
        await Parallel.ForEachAsync(document.Map.AllNodes, options, async (node, cancel) =>
        {
            try
            {
                var answer = await services.Peers
                    .GetBytesAsync(node, "/v1/daemon?what=node_status", Limit, cancel).ConfigureAwait(false);
                if (JsonSerializer.Deserialize(answer, WireJsonContext.Default.NodeStatus) is { } status)
                {
                    statuses[node.Id] = (status, await ReadMountpathsAsync(node, cancel).ConfigureAwait(false));
                }
            }
            catch (Exception e) when (e is StoreException or JsonException)
            {
                // Shown as one that does not answer.
            }
        }).ConfigureAwait(false);
        return statuses;
    }

    // Which mountpaths are out of service does not stand in the status of a node.
    private async Task<MountpathLists> ReadMountpathsAsync(NodeInfo node, CancellationToken cancellation)
    {
        if (node.Role != NodeRole.Target)
        {
            return new MountpathLists();
        }
        var answer = await services.Peers
            .GetBytesAsync(node, "/v1/daemon?what=mountpaths", Limit, cancellation).ConfigureAwait(false);
        return JsonSerializer.Deserialize(answer, WireJsonContext.Default.MountpathLists) ?? new MountpathLists();
    }

    private async Task<IReadOnlyList<JobView>> ReadJobsAsync(ControlDocument document, CancellationToken cancellation)
    {
        if (services.ClusterJobs is not { } jobs || !document.Exists)
        {
            return [];
        }
        var call = new CallContext { Metadata = services.Metadata.Current, Network = NetworkKind.Control };
        using var limit = new CancellationTokenSource(Limit, services.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var reading = await jobs.ReadKnownAsync(call, new JobMessage(), both.Token).ConfigureAwait(false);
            return JobViews.From(reading.Snaps, document, MaxJobs);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [];
        }
    }

    private static NodeView Describe(NodeInfo node, string state, (NodeStatus Status, MountpathLists Mountpaths)? found)
    {
        var view = new NodeView { Id = node.Id, Role = node.Type, Url = node.PublicNet.Url, State = state };
        if (found is not (var status, var mountpaths))
        {
            return view;
        }
        var tracker = status.Tracker ?? [];
        return view with
        {
            Answers = true,
            Flags = status.Cluster.Flags,
            Cpu = status.System.PercentCpuUsed,
            Memory = status.System.MemoryUsed,
            Uptime = Count("up.ns.time") / 1_000_000_000,
            ReadRate = Count("get.bps"),
            WriteRate = Count("put.bps"),
            Requests = Count("get.n") + Count("put.n") + Count("del.n") + Count("lst.n"),
            Errors = tracker.Where(one => one.Key.StartsWith("err.", StringComparison.Ordinal)).Sum(one => one.Value),
            Used = status.Capacity.TotalUsed,
            Available = status.Capacity.TotalAvailable,
            Problem = status.Capacity.Problem,
            Disks =
            [
                .. (status.Capacity.Mountpaths ?? []).Select(one => new DiskView(
                    one.Key, one.Value.Used, one.Value.Available,
                    one.Value.Disks.Select(disk => tracker.GetValueOrDefault($"disk.{disk}.util", -1)).DefaultIfEmpty(-1).Max(),
                    mountpaths.Waiting.Contains(one.Key) ? "waiting" : "available")),
                .. mountpaths.Disabled.Select(path => new DiskView(path, 0, 0, -1, "disabled")),
            ],
        };

        long Count(string name) => tracker.GetValueOrDefault(name);
    }
}
