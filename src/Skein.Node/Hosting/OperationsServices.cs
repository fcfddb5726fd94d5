using Microsoft.Extensions.Logging;
using Skein.Cluster.Operations;
using Skein.Cluster.Timeline;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Node.Intra;

namespace Skein.Node.Hosting;

/// <summary>What operators ask of the control plane of one node, put together.</summary>
internal sealed class OperationsServices : IClusterOperations, IAsyncDisposable
{
    private readonly NodeInfo _self;
    private readonly HttpClient _client = HttpPeerTransport.CreateClient();
    private readonly TimelineFile _file;
    private readonly TimelineRecorder _recorder;
    private readonly TimelineReader _timeline;
    private readonly ControlStatusReader _status;
    private readonly ForcedPrimary _forced;
    private readonly PrimaryTransfer? _transfer;
    private readonly AdministrativeJoin? _join;

    /// <summary>Opens the timeline and starts to follow the documents.</summary>
    /// <exception cref="IOException">When the timeline cannot be opened.</exception>
    public OperationsServices(string folder, NodeInfo self, ControlServices control, TimeProvider time, ILoggerFactory logs)
    {
        _self = self;
        var peers = new HttpOperationsTransport(
            _client,
            self,
            (newest, who, cancellation) =>
                control.Consensus.ForceAsync(newest, self, who, "forced recovery", cancellation),
            time);
        _file = TimelineFile.Open(folder, out var problems);
        foreach (var problem in problems)
        {
            NodeLog.TimelineDamaged(logs.CreateLogger("Skein.Node"), problem);
        }
        _recorder = new TimelineRecorder(_file, control.Feed, logs.CreateLogger<TimelineRecorder>());
        _timeline = new TimelineReader(self, _file, _recorder, control.Owner, peers);
        _status = new ControlStatusReader(
            self.Id,
            control.Owner,
            control.Tracker,
            new ControlStatusSources
            {
                Metasyncer = control.Metasyncer,
                Lease = id => control.Leases?.Remaining(id) ?? 0,
                Alerts = () =>
                [
                    .. control.Liveness?.Alerts ?? [], .. Waiting(),
                    .. control.MountpathKeeper?.Held is { Length: > 0 } held ? (string[])[held] : [],
                ],
            });
        _forced = new ForcedPrimary(self, control.Owner, peers, logs.CreateLogger<ForcedPrimary>());
        if (control is { Metasyncer: { } metasyncer, Primary: { } primary, VoterKeeper: { } keeper })
        {
            _transfer = new PrimaryTransfer(
                self.Id, control.Owner, control.Consensus, keeper, metasyncer, time, logs.CreateLogger<PrimaryTransfer>());
            _join = new AdministrativeJoin(
                self.Id, control.Owner, primary, metasyncer, new HttpPeerTransport(_client, self, time));
        }
        Endpoints = new DocumentEndpoints(control.Endpoints, control.Consensus, _timeline);
    }

    /// <summary>Hands the lead over; null on a target.</summary>
    public PrimaryTransfer? Transfer => _transfer;

    /// <summary>Which nodes wait on their way out of service; set while the node is put together.</summary>
    public Func<IReadOnlyList<string>> Waiting { get; set; } = static () => [];

    /// <summary>What other nodes call.</summary>
    public IIntraHandler Endpoints { get; }

    /// <inheritdoc/>
    public ControlStatus ReadControl() => _status.Read();

    /// <inheritdoc/>
    public Task<TimelineReply> ReadOwnTimelineAsync(TimelineRange range, CancellationToken cancellation) =>
        _timeline.ReadOwnAsync(range, cancellation);

    /// <inheritdoc/>
    public Task<TimelineReply> ReadTimelineAsync(TimelineRange range, CancellationToken cancellation) =>
        _timeline.ReadAsync(range, cancellation);

    /// <inheritdoc/>
    public Task<TimelineDiff> CompareAsync(string from, string to, CancellationToken cancellation) =>
        _timeline.CompareAsync(from, to, cancellation);

    /// <inheritdoc/>
    public Task SetPrimaryAsync(string proxyId, string who, CancellationToken cancellation) =>
        (_transfer ?? throw OnlyProxies()).RunAsync(proxyId, who, cancellation);

    /// <inheritdoc/>
    public async Task<JoinedNodeReply> BringInAsync(string controlUrl, bool nonElectable, CancellationToken cancellation)
    {
        var node = await (_join ?? throw OnlyProxies()).RunAsync(controlUrl, nonElectable, cancellation).ConfigureAwait(false);
        return new JoinedNodeReply { NodeId = node.Id };
    }

    /// <inheritdoc/>
    public Task<ForcedPrimaryReply> ForcePrimaryAsync(bool acceptLoss, string who, CancellationToken cancellation) =>
        _forced.RunAsync(acceptLoss, who, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _recorder.DisposeAsync().ConfigureAwait(false);
        _file.Dispose();
        _transfer?.Dispose();
        _client.Dispose();
    }

    private StoreException OnlyProxies() =>
        new(StoreErrorCode.NotReady, $"{_self.DisplayName} is a target and never the primary");
}
