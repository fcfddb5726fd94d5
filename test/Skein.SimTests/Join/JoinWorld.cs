using Skein.Cluster.Membership;
using Skein.Core.Nodes;
using Skein.SimTests.Simulation;

namespace Skein.SimTests.Join;

/// <summary>Makes the search of a node.</summary>
internal delegate ISearch SearchMaker(IReadOnlyList<string> candidates, JoinSearchOptions options, Random random);

/// <summary>What is different from the product in a world; nothing by default.</summary>
internal sealed record Variant
{
    public SearchMaker Search { get; init; } =
        (candidates, options, random) => new RealSearch(candidates, options, random);

    public PrimaryFaults Primary { get; init; }
}

/// <summary>
/// A cluster that comes together while nodes crash, lose their disks, and messages get lost; then the faults end, and
/// everybody who can must be in. All of it follows from the seed.
/// </summary>
internal sealed class JoinWorld
{
    private const int FirstPort = 9000;

    private readonly Random _random;
    private readonly Variant _variant;
    private readonly List<string> _dead = [];
    private int _incarnations;

    public JoinWorld(int seed, Variant variant)
    {
        _random = new Random(seed);
        _variant = variant;
        Network = new SimNetwork<SimNode>(Events, _random) { IsUp = node => node.IsUp };
        Checks = new JoinChecks(this);
        Populate();
        Primary = new SimPrimary(this, Primary1, variant.Primary);
    }

    public EventQueue Events { get; } = new();

    public SimNetwork<SimNode> Network { get; }

    public JoinChecks Checks { get; }

    public List<SimNode> Nodes { get; } = [];

    public SimNode Primary1 => Nodes[0];

    public SimPrimary Primary { get; }

    public bool IsPrimary(SimNode node) => ReferenceEquals(node, Primary1);

    public ISearch NewSearch(IReadOnlyList<string> candidates) =>
        _variant.Search(candidates, JoinSearchOptions.Default, new Random(_random.Next()));

    /// <summary>What a liar says: other liars, the dead, and itself.</summary>
    public IReadOnlyList<string> Lies(SimNode liar)
    {
        var liars = Nodes.Where(node => node.Conduct == NodeConduct.Lies && node != liar).Select(node => node.Url);
        var all = liars.Concat(_dead).Append(liar.Url).ToList();
        return [all[_random.Next(all.Count)], all[0]];
    }

    /// <summary>Lives through faults and the quiet after them, with all checks.</summary>
    public void Run()
    {
        Primary1.Start();
        Primary.Form();
        foreach (var node in Nodes.Skip(1))
        {
            Events.After(_random.Next(0, 3000), node.Start);
        }
        var faultsEnd = _random.Next(3000, 10_000);
        if (Nodes.TrueForAll(node => node.Conduct != NodeConduct.IsClone))
        {
            PlanFaults(faultsEnd);
        }
        Events.RunUntil(faultsEnd);
        EndFaults();
        var depth = Math.Max(1, Nodes.Count(node => node.Conduct == NodeConduct.Honest));
        Events.RunUntil(Events.Now + (Math.Min(depth, 4) * HopBound()));
        Checks.AtTheEnd();
        var asked = Nodes.ToDictionary(node => node, node => node.Asked);
        Events.RunUntil(Events.Now + 10_000);
        Checks.ThatNobodyIsRestless(asked, 10_000);
    }

    /// <summary>
    /// Nodes that can find the primary by what they know: directly, through members, or through nodes that can.
    /// </summary>
    public IReadOnlyList<SimNode> WithAPath()
    {
        var reached = new HashSet<SimNode> { Primary1 };
        bool grew;
        do
        {
            grew = false;
            foreach (var node in Nodes.Where(node => IsWelcome(node) && !reached.Contains(node)))
            {
                if (node.IsIn || node.Candidates().Any(url => Network.At(url) is { } other && reached.Contains(other)))
                {
                    grew |= reached.Add(node);
                }
            }
        }
        while (grew);
        reached.Remove(Primary1);
        return [.. reached];
    }

    // Not a node whose clone was there first.
    private bool IsWelcome(SimNode node) =>
        node.Conduct == NodeConduct.Honest
        && (node.IsIn || Primary1.Document.Document.Map.Find(node.Info.Id) is not { } known
            || known.Incarnation == node.Info.Incarnation);

    // A round in which all time out, the longest pause with its jitter, and the questions one after another.
    private long HopBound() => 2000 + 3000 + (100 * (Nodes.Count + _dead.Count + 3)) + 1000;

    private void Populate()
    {
        var proxies = _random.Next(1, 6);
        var targets = _random.Next(0, 8);
        for (var i = 0; i < _random.Next(0, 5); i++)
        {
            _dead.Add($"http://127.0.0.9:{FirstPort + i}");
        }
        for (var i = 0; i < proxies + targets; i++)
        {
            var conduct = i == 0 ? NodeConduct.Honest : _random.Next(12) switch
            {
                0 or 1 => NodeConduct.Lies,
                2 => NodeConduct.GivesWrongAddress,
                _ => NodeConduct.Honest,
            };
            AddNode(i, i < proxies ? NodeRoles.Proxy : NodeRoles.Target, conduct);
        }
        var victims = Nodes.Skip(1).Where(node => node.Conduct == NodeConduct.Honest).ToList();
        if (victims.Count != 0 && _random.Next(6) == 0)
        {
            var victim = victims[_random.Next(victims.Count)];
            AddNode(Nodes.Count, victim.Info.Type, NodeConduct.IsClone, victim.Info.Id);
        }
    }

    private void AddNode(int number, string type, NodeConduct conduct, string? id = null)
    {
        var address = NodeAddress.Create("http", "127.0.0.1", FirstPort + number);
        var info = new NodeInfo
        {
            PublicNet = NodeAddress.Create("http", "127.0.0.1", FirstPort - 1000 + number),
            ControlNet = conduct == NodeConduct.GivesWrongAddress
                ? NodeAddress.Create("http", "127.0.0.8", FirstPort + number)
                : address,
            DataNet = address,
            Type = type,
            Id = id ?? $"{type}-{number:D3}",
            Incarnation = NextIncarnation(),
        };
        var node = new SimNode(this, info, conduct, ConfiguredUrls(number));
        Nodes.Add(node);
        Network.Register(address.Url, node);
        Network.Register(info.PublicNet.Url, node);
    }

    // Three URLs of which some are dead, some name others that search as well, and some, it is to be hoped, a member.
    private List<string> ConfiguredUrls(int number)
    {
        var urls = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var dead = _dead.Count != 0 && _random.Next(3) == 0;
            urls.Add(dead
                ? _dead[_random.Next(_dead.Count)]
                : $"http://127.0.0.1:{FirstPort + _random.Next(Math.Max(1, number))}");
        }
        return urls;
    }

    private void PlanFaults(int end)
    {
        Network.Loss = _random.Next(3) == 0 ? 0 : _random.NextDouble() * 0.4;
        Network.Delay = (1, _random.Next(2, 400));
        for (var i = 0; i < _random.Next(0, 12); i++)
        {
            Events.After(_random.Next(0, end), Disturb);
        }
    }

    private void Disturb()
    {
        var node = Nodes[_random.Next(Nodes.Count)];
        switch (_random.Next(4))
        {
            case 0 when node.IsUp:
                node.Crash();
                break;
            case 1 when !node.IsUp:
                node.Start();
                break;
            case 2 when !node.IsUp && !IsPrimary(node):
                node.Wipe(NextIncarnation());
                break;
            default:
                Network.Block(node, Nodes[_random.Next(Nodes.Count)].Url, blocked: _random.Next(2) == 0);
                break;
        }
    }

    private void EndFaults()
    {
        Network.Loss = 0;
        Network.Delay = _random.Next(3) switch { 0 => (1, 3), 1 => (1, 20), _ => (25, 60) };
        Network.UnblockAll();
        foreach (var node in Nodes.Where(node => !node.IsUp))
        {
            node.Start();
        }
    }

    private string NextIncarnation() => $"incarnation{_incarnations++:D5}";
}
