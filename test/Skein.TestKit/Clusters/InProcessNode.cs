using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Core.Nodes;
using Skein.Node.CommandLine;
using Skein.Node.Hosting;
using Skein.Node.Lifecycle;
using Skein.Node.Telemetry;
using Skein.Target.Jobs;

namespace Skein.TestKit.Clusters;

/// <summary>A node that runs in the process of the test: its own folder, its own port, real sockets and disks.</summary>
public sealed class InProcessNode : IAsyncDisposable
{
    private readonly IReadOnlyList<string> _arguments;
    private readonly SemaphoreSlim _change = new(1, 1);
    private NodeHost? _host;
    private Task _departure = Task.CompletedTask;
    private int _port;
    private NodeLoggers? _logs;

    internal InProcessNode(NodeRole role, string id, string folder, IReadOnlyList<string> arguments)
    {
        IsProxy = role == NodeRole.Proxy;
        Id = id;
        Folder = folder;
        _arguments =
        [
            "-role", role.ToWire(), "-daemon_id", id, "-data", folder,
            // A whole cluster shares this process, and a slow machine: silence of half a second means nothing here.
            "-config_custom", "skein.election_timeout_min=1500ms,skein.election_timeout_max=3s,skein.lease=8s", .. arguments,
        ];
    }

    /// <summary>True for a proxy, false for a target.</summary>
    public bool IsProxy { get; }

    /// <summary>Node id.</summary>
    public string Id { get; }

    /// <summary>Folder with everything that the node keeps.</summary>
    public string Folder { get; }

    /// <summary>Base URL; the same for all networks, and the same after a restart.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Folder below which files may be promoted; it need not be there. Set before the node is started.</summary>
    public string PromoteRoot { get; init; } = "/nothing-to-promote";

    /// <summary>True to write log files as a process does, which costs. Set before the node is started.</summary>
    public bool WritesLog { get; init; }

    /// <summary>Folder of the log files; empty when none are written.</summary>
    public string LogFolder { get; private set; } = "";

    /// <summary>True while the node runs.</summary>
    public bool IsRunning => _host is not null;

    /// <summary>Id and URL.</summary>
    public (string Id, string Url) Address => (Id, Url);

    /// <summary>Rows that a target has read from its listing indexes since it was started.</summary>
    public long ListingRowsRead => _host?.Store?.Units.Sum(unit => unit.Index.RowsRead) ?? 0;

    /// <summary>The jobs of a target that runs; null on a proxy.</summary>
    public JobTable? Jobs => _host?.Jobs;

    /// <summary>Ids of the voters in the node's present document.</summary>
    public IReadOnlyList<string> VoterIds =>
        [.. (_host?.Document.Voters ?? []).Select(voter => voter.Id)];

    /// <summary>Starts the node, at the port that it had before if there is one.</summary>
    /// <returns>Ends when the node serves; it may not be a member of its cluster yet.</returns>
    public async Task StartAsync()
    {
        await _change.WaitAsync();
        try
        {
            await StartAsync(Load());
        }
        finally
        {
            _change.Release();
        }
    }

    private NodeStartup Load() => NodeStartupLoader.Load(
        NodeOptionsParser.Parse(
            [.. _arguments, "-listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}")]),
        NodeEnvironment.Read(name =>
            name == NodeEnvironment.DataPathVariable ? Environment.GetEnvironmentVariable(name) : null));

    private async Task StartAsync(NodeStartup startup)
    {
        startup = startup with { Node = startup.Node with { PromoteRoots = [PromoteRoot] } };
        if (WritesLog)
        {
            _logs ??= LoggingSetup.CreateFiles(startup, TimeProvider.System);
            LogFolder = startup.Node.LogDirectory;
        }
        var host = new NodeHost(startup, TimeProvider.System, _logs ?? (ILoggerFactory)NullLoggerFactory.Instance);
        try
        {
            await host.StartAsync(CancellationToken.None);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
        _host = host;
        Url = host.Self.PublicNet.Url;
        _port = new Uri(Url).Port;
        _departure = EndWhenToldAsync(host, startup);
    }

    /// <summary>What the process does when the primary tells it to end.</summary>
    private async Task EndWhenToldAsync(NodeHost host, NodeStartup startup)
    {
        var ended = await Task.WhenAny(host.WhenTold, host.WhenDisposed);
        if (ended != host.WhenTold)
        {
            return;
        }
        await host.EndAsync();
        await _change.WaitAsync();
        try
        {
            if (_host != host)
            {
                return; // stopped by the test meanwhile
            }
            _host = null;
            await host.DisposeAsync();
            if (NodeDeparture.Finish(startup) is { NoShutdown: true })
            {
                await StartAsync(host.AsStandby());
            }
        }
        finally
        {
            _change.Release();
        }
    }

    /// <summary>Ends when the node has come into its cluster.</summary>
    public Task WhenMemberAsync() =>
        (_host ?? throw new InvalidOperationException($"{Id} does not run")).WhenMember.WaitAsync(Poll.Limit);

    /// <summary>Stops the node in order; what it stored stays.</summary>
    /// <param name="handsOver">False for a primary that goes without a word.</param>
    public async Task StopAsync(bool handsOver = true)
    {
        if (_host is { WhenTold.IsCompleted: true })
        {
            await _departure; // it ends by itself, or begins anew
        }
        await _change.WaitAsync();
        try
        {
            if (_host is { } host)
            {
                _host = null;
                await host.StopAsync(handsOver);
                await host.DisposeAsync();
            }
        }
        finally
        {
            _change.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(handsOver: false);
        await _departure;
        _logs?.Dispose();
        _change.Dispose();
    }
}
