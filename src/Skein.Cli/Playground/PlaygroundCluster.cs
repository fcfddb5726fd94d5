using Skein.Core.Nodes;

namespace Skein.Cli.Playground;

/// <summary>
/// A cluster of real node processes on this machine. Every operation holds the playground's lock and leaves
/// <c>cluster.json</c> true: it is rewritten after each single change of a process.
/// </summary>
internal sealed class PlaygroundCluster : IDisposable
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(2);

    private readonly PlaygroundFiles _files;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly NodeProbe _probe;
    private readonly ReadinessWait _readiness;

    /// <summary>Names the playground; nothing is read or started.</summary>
    /// <param name="directory">Its folder.</param>
    /// <param name="time">Clock for waits.</param>
    /// <param name="random">For the choice of ports.</param>
    public PlaygroundCluster(string directory, TimeProvider time, Random random)
    {
        _files = new PlaygroundFiles(directory);
        _time = time;
        _random = random;
        _probe = new NodeProbe(ProbePatience);
        _readiness = new ReadinessWait(_probe, time);
    }

    /// <summary>The folder, absolute.</summary>
    public string Directory => _files.Directory;

    /// <summary>Brings the playground up: a new one, or the nodes of an existing one that do not run.</summary>
    /// <returns>The nodes, all healthy and in each other's map.</returns>
    /// <exception cref="PlaygroundException">When it cannot; what this call has started is stopped again.</exception>
    public async Task<PlaygroundState> UpAsync(PlaygroundOptions options, CancellationToken cancellation)
    {
        _files.Create();
        using var held = await _files.LockAsync(LockPatience, _time, cancellation);
        var state = await RefreshAsync(_files.Load());
        if (state is null)
        {
            state = PlaygroundPlan.Create(_files, options, new PortAllocator(_random));
            _files.Save(state);
        }
        else
        {
            PlaygroundPlan.CheckSameShape(state, options);
        }
        return await StartAndWaitAsync(state, [.. state.Nodes.Where(n => n.Pid == 0)], options.Patience, cancellation);
    }

    /// <summary>Adds one node and starts it. It is told no more than the URL of one proxy.</summary>
    /// <exception cref="PlaygroundException">When it cannot; the node is then not part of the playground.</exception>
    public async Task<PlaygroundNode> AddAsync(NodeRole role, PlaygroundOptions options, CancellationToken cancellation)
    {
        using var held = await _files.LockAsync(LockPatience, _time, cancellation);
        var state = await LoadAsync();
        var node = PlaygroundPlan.Add(_files, state, role, options, new PortAllocator(_random));
        var before = state;
        state = state.WithNodes(state.Nodes.Append(node));
        _files.Save(state);
        try
        {
            state = await StartAndWaitAsync(state, [node], options.Patience, cancellation);
        }
        catch
        {
            _files.Save((await RefreshAsync(before))!);
            throw;
        }
        return state.Find(node.Id)!;
    }

    /// <summary>Looks at the processes, mends <c>cluster.json</c> where it was out of date, and returns it.</summary>
    /// <exception cref="PlaygroundException">When there is no playground.</exception>
    public async Task<PlaygroundState> StateAsync(CancellationToken cancellation)
    {
        using var held = await _files.LockAsync(LockPatience, _time, cancellation);
        return await LoadAsync();
    }

    /// <summary>As <see cref="StateAsync"/>, with what the nodes themselves say.</summary>
    public async Task<PlaygroundReport> StatusAsync(CancellationToken cancellation)
    {
        var state = await StateAsync(cancellation);
        var nodes = await Task.WhenAll(state.Nodes.Select(node => ReportAsync(node, cancellation)));
        return new PlaygroundReport
        {
            Directory = Directory,
            Uuid = state.Uuid,
            Endpoint = state.Endpoint,
            Primary = await PrimaryAsync(state, cancellation),
            Nodes = nodes,
        };
    }

    /// <summary>Sends a signal. After KILL and TERM it waits until the process is gone.</summary>
    /// <exception cref="PlaygroundException">When the node is unknown, does not run, or does not end in time.</exception>
    public async Task<PlaygroundNode> KillAsync(string id, NodeSignal signal, CancellationToken cancellation)
    {
        using var held = await _files.LockAsync(LockPatience, _time, cancellation);
        var state = await LoadAsync();
        var node = Find(state, id);
        if (!NodeProcess.Signal(node, signal))
        {
            throw new PlaygroundException($"{id} does not run", $"start it with 'skein playground restart {id}'");
        }
        if (signal is not (NodeSignal.Kill or NodeSignal.Term))
        {
            return node;
        }
        if (!await _readiness.UntilGoneAsync([node], StopPatience, cancellation))
        {
            throw new PlaygroundException(
                $"{id} (process {node.Pid}) still runs {StopPatience.TotalSeconds} seconds after SIG"
                    + signal.ToString().ToUpperInvariant(),
                $"its log is {node.Log}; end it with 'skein playground kill {id}'");
        }
        var changed = node with { Pid = 0 };
        _files.Save(state.With(changed));
        return changed;
    }

    /// <summary>Stops the node if it runs, wipes its state if so told, and starts it again.</summary>
    /// <param name="id">Node id.</param>
    /// <param name="wipe">Remove the node's metadata and all that is on its mountpaths.</param>
    /// <param name="patience">How long it may take to become healthy and be seen by all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="PlaygroundException">When it does not come back.</exception>
    public async Task<PlaygroundNode> RestartAsync(
        string id, bool wipe, TimeSpan patience, CancellationToken cancellation)
    {
        using var held = await _files.LockAsync(LockPatience, _time, cancellation);
        var state = await LoadAsync();
        var node = Find(state, id);
        state = await StopAsync(state, [node], cancellation);
        if (wipe)
        {
            PlaygroundPlan.Wipe(node);
        }
        state = await StartAndWaitAsync(state, [state.Find(id)!], patience, cancellation);
        return state.Find(id)!;
    }

    /// <summary>Stops every node, and removes the folder if so told.</summary>
    /// <returns>How many nodes were running.</returns>
    /// <exception cref="PlaygroundException">When there is no playground.</exception>
    public async Task<int> DownAsync(bool remove, CancellationToken cancellation)
    {
        using var held = await _files.LockAsync(LockPatience, _time, cancellation);
        var state = await LoadAsync();
        var running = state.Nodes.Where(node => node.Pid != 0).ToList();
        await StopAsync(state, running, cancellation);
        if (remove)
        {
            _files.Remove();
        }
        return running.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => _probe.Dispose();

    private static PlaygroundNode Find(PlaygroundState state, string id) =>
        state.Find(id) ?? throw new PlaygroundException(
            $"there is no node \"{id}\" in the playground",
            "the nodes are " + string.Join(", ", state.Nodes.Select(node => node.Id)));

    private async Task<PlaygroundState> LoadAsync() =>
        await RefreshAsync(_files.Load()) ?? throw _files.NotAPlayground();

    // Corrects the process ids; saves when one of them was wrong.
    private async Task<PlaygroundState?> RefreshAsync(PlaygroundState? state)
    {
        if (state is null)
        {
            return null;
        }
        var nodes = state.Nodes.Select(node =>
            NodeProcess.Inspect(node) != ProcessCondition.Gone ? node : node with { Pid = NodeProcess.Find(node) });
        var found = state.WithNodes(nodes);
        var changed = !found.Nodes.SequenceEqual(state.Nodes) || found.Endpoint != state.Endpoint;
        if (found.Uuid.Length == 0 && found.Nodes.FirstOrDefault(node => node.IsProxy && node.Pid != 0) is { } proxy)
        {
            var uuid = await _readiness.ClusterIdAsync(proxy);
            changed |= uuid.Length != 0;
            found = found with { Uuid = uuid };
        }
        if (changed)
        {
            _files.Save(found);
        }
        return found;
    }

    private async Task<PlaygroundState> StartAndWaitAsync(
        PlaygroundState state, IReadOnlyList<PlaygroundNode> nodes, TimeSpan patience, CancellationToken cancellation)
    {
        var bootstrap = state.Uuid.Length == 0 && state.Nodes.All(node => node.Pid == 0);
        var started = new List<PlaygroundNode>();
        try
        {
            foreach (var node in nodes)
            {
                IEnumerable<string> extra = bootstrap && node == nodes[0] ? ["--bootstrap"] : [];
                System.IO.Directory.CreateDirectory(Path.GetDirectoryName(node.Log)!);
                var running = node with { Pid = NodeProcess.Start(node, [.. node.Command, .. extra]) };
                started.Add(running);
                state = state.With(running);
                _files.Save(state);
            }
            var uuid = await _readiness.UntilReadyAsync(state, patience, cancellation);
            if (state.Uuid != uuid)
            {
                state = state with { Uuid = uuid };
                _files.Save(state);
            }
            return state;
        }
        catch
        {
            await StopAsync(state, started, CancellationToken.None);
            throw;
        }
    }

    // TERM, then KILL for what is left.
    private async Task<PlaygroundState> StopAsync(
        PlaygroundState state, IReadOnlyList<PlaygroundNode> nodes, CancellationToken cancellation)
    {
        foreach (var node in nodes)
        {
            NodeProcess.Signal(node, NodeSignal.Term);
            NodeProcess.Signal(node, NodeSignal.Cont);
        }
        if (!await _readiness.UntilGoneAsync(nodes, StopPatience, cancellation))
        {
            foreach (var node in nodes)
            {
                NodeProcess.Signal(node, NodeSignal.Kill);
            }
            await _readiness.UntilGoneAsync(nodes, StopPatience, cancellation);
        }
        foreach (var node in nodes)
        {
            state = NodeProcess.Inspect(node) == ProcessCondition.Gone ? state.With(node with { Pid = 0 }) : state;
        }
        _files.Save(state);
        return state;
    }

    private async Task<PlaygroundNodeReport> ReportAsync(PlaygroundNode node, CancellationToken cancellation) => new()
    {
        Id = node.Id,
        Role = node.Role,
        Pid = node.Pid,
        Status = NodeProcess.Inspect(node) switch
        {
            ProcessCondition.Gone => "down",
            ProcessCondition.Stopped => "stopped",
            _ => await _probe.WhyNotHealthyAsync(node, cancellation) is null ? "online" : "starting",
        },
        Memory = node.Pid == 0 ? 0 : NodeProcess.ResidentMemory(node.Pid),
        PublicUrl = node.PublicUrl,
        Log = node.Log,
    };

    private async Task<string> PrimaryAsync(PlaygroundState state, CancellationToken cancellation)
    {
        foreach (var node in state.Nodes.Where(n => NodeProcess.Inspect(n) == ProcessCondition.Running))
        {
            if (await _readiness.MapAsync(node, cancellation) is { Primary: { } primary })
            {
                return primary.Id;
            }
        }
        return "";
    }
}
