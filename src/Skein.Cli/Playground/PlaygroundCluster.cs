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
    /// <exception cref="PlaygroundException">
    /// When it cannot. The nodes of a new playground are stopped again then; those of one that existed are left running.
    /// </exception>
    public async Task<PlaygroundState> UpAsync(PlaygroundOptions options, CancellationToken cancellation)
    {
        _files.Create();
        using var held = await _files.LockAsync(LockPatience, _time, cancellation);
        var state = await RefreshAsync(_files.Load());
        var isNew = state is null;
        if (state is null)
        {
            state = PlaygroundPlan.Create(_files, options, new PortAllocator(_random));
            _files.Save(state);
        }
        else
        {
            PlaygroundPlan.CheckSameShape(state, options);
        }
        List<PlaygroundNode> missing = [.. state.Nodes.Where(node => node.Pid == 0)];
        try
        {
            state = Start(state, missing);
            return await WaitAsync(state, state.Nodes, options.Patience, cancellation);
        }
        catch when (isNew)
        {
            await StopAsync((await RefreshAsync(_files.Load()))!, missing, CancellationToken.None);
            throw;
        }
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
            state = Start(state, [node]);
            state = await WaitAsync(state, state.Nodes, options.Patience, cancellation);
        }
        catch
        {
            await StopAsync((await RefreshAsync(_files.Load()))!, [node], CancellationToken.None);
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

    /// <summary>Sends a signal to nodes. After KILL and TERM it waits until the processes are gone.</summary>
    /// <returns>The nodes after it.</returns>
    /// <exception cref="PlaygroundException">When a node is unknown, does not run, or does not end in time.</exception>
    public async Task<IReadOnlyList<PlaygroundNode>> KillAsync(
        IReadOnlyList<string> ids, NodeSignal signal, CancellationToken cancellation)
    {
        using var held = await _files.LockAsync(LockPatience, _time, cancellation);
        var state = await LoadAsync();
        List<PlaygroundNode> nodes = [.. ids.Distinct().Select(id => Find(state, id))];
        if (nodes.FirstOrDefault(node => node.Pid == 0) is { } down)
        {
            throw new PlaygroundException(
                $"{down.Id} does not run", $"start it with 'skein playground restart {down.Id}'");
        }
        foreach (var node in nodes)
        {
            NodeProcess.Signal(node, signal);
        }
        if (signal is NodeSignal.Stop or NodeSignal.Cont)
        {
            var wanted = signal == NodeSignal.Stop ? ProcessCondition.Stopped : ProcessCondition.Running;
            await _readiness.UntilAsync(nodes, wanted, StopPatience, cancellation);
            return nodes;
        }
        await _readiness.UntilAsync(nodes, ProcessCondition.Gone, StopPatience, cancellation);
        foreach (var node in nodes.Where(node => NodeProcess.Inspect(node) == ProcessCondition.Gone))
        {
            state = state.With(node with { Pid = 0 });
        }
        _files.Save(state);
        return nodes.Select(node => state.Find(node.Id)!).FirstOrDefault(node => node.Pid != 0) is not { } left
            ? [.. nodes.Select(node => node with { Pid = 0 })]
            : throw new PlaygroundException(
                $"{left.Id} (process {left.Pid}) still runs {StopPatience.TotalSeconds} seconds after SIG"
                    + signal.ToString().ToUpperInvariant(),
                $"its log is {left.Log}; end it with 'skein playground kill {left.Id}'");
    }

    /// <summary>Stops nodes if they run, wipes their state if so told, and starts them again, all at once.</summary>
    /// <param name="ids">Node ids.</param>
    /// <param name="wipe">Remove the nodes' metadata and all that is on their mountpaths.</param>
    /// <param name="patience">How long they may take to become ready; null to start them and wait for nothing.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The nodes after it.</returns>
    /// <exception cref="PlaygroundException">When one does not become ready; it is left running.</exception>
    public async Task<IReadOnlyList<PlaygroundNode>> RestartAsync(
        IReadOnlyList<string> ids, bool wipe, TimeSpan? patience, CancellationToken cancellation)
    {
        using var held = await _files.LockAsync(LockPatience, _time, cancellation);
        var state = await LoadAsync();
        List<PlaygroundNode> nodes = [.. ids.Distinct().Select(id => Find(state, id))];
        state = await StopAsync(state, nodes, cancellation);
        foreach (var node in wipe ? nodes : [])
        {
            PlaygroundPlan.Wipe(node);
        }
        state = Start(state, [.. nodes.Select(node => state.Find(node.Id)!)]);
        nodes = [.. nodes.Select(node => state.Find(node.Id)!)];
        if (patience is not null)
        {
            await WaitAsync(state, nodes, patience.Value, cancellation);
        }
        return nodes;
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

    // The first start of all lets the first proxy form the cluster.
    private PlaygroundState Start(PlaygroundState state, IReadOnlyList<PlaygroundNode> nodes)
    {
        var bootstrap = state.Uuid.Length == 0 && state.Nodes.All(node => node.Pid == 0);
        foreach (var node in nodes)
        {
            IEnumerable<string> extra = bootstrap && node == nodes[0] ? ["--bootstrap"] : [];
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(node.Log)!);
            state = state.With(node with { Pid = NodeProcess.Start(node, [.. node.Command, .. extra]) });
            _files.Save(state);
        }
        return state;
    }

    private async Task<PlaygroundState> WaitAsync(
        PlaygroundState state, IReadOnlyList<PlaygroundNode> nodes, TimeSpan patience, CancellationToken cancellation)
    {
        var uuid = await _readiness.UntilReadyAsync(state, nodes, patience, cancellation);
        if (state.Uuid != uuid && uuid.Length != 0)
        {
            state = state with { Uuid = uuid };
            _files.Save(state);
        }
        return state;
    }

    // TERM, then KILL for what is left.
    private async Task<PlaygroundState> StopAsync(
        PlaygroundState state, IReadOnlyList<PlaygroundNode> nodes, CancellationToken cancellation)
    {
        nodes = [.. nodes.Select(node => state.Find(node.Id)!)];
        foreach (var node in nodes)
        {
            NodeProcess.Signal(node, NodeSignal.Term);
            NodeProcess.Signal(node, NodeSignal.Cont);
        }
        if (!await _readiness.UntilAsync(nodes, ProcessCondition.Gone, StopPatience, cancellation))
        {
            foreach (var node in nodes)
            {
                NodeProcess.Signal(node, NodeSignal.Kill);
            }
            await _readiness.UntilAsync(nodes, ProcessCondition.Gone, StopPatience, cancellation);
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
