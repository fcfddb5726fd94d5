using System.Globalization;
using System.Text;

namespace Skein.TestKit.Clusters;

/// <summary>
/// A network of its own for a cluster of processes: a bridge on this machine and a network namespace for each node, with
/// one address each out of 10.213.0.0/16. Any direction between two nodes can be cut; this machine always reaches all.
/// </summary>
/// <remarks>
/// A direction is cut where it begins: the sender's table of neighbours gets a hardware address that nobody has, so that
/// what it sends is lost in silence, as by a broken cable. That needs nothing but the program <c>ip</c>.
/// </remarks>
public sealed class NamespaceNetwork : IAsyncDisposable
{
    /// <summary>Most nodes of a network.</summary>
    public const int MaxNodes = 100;

    private const int MaxSubnets = 250;
    private const int FirstNodeAddress = 10;
    private const string Nobody = "02:00:00:00:00:00";

    private static int _made;

    private readonly NamespaceNames _names;
    private readonly FileStream _subnetLock;
    private readonly int _subnet;
    private readonly TempFolder _folder = new();
    private readonly List<HashSet<int>> _cuts = [];

    private NamespaceNetwork(NamespaceNames names, int subnet, FileStream subnetLock)
    {
        _names = names;
        _subnet = subnet;
        _subnetLock = subnetLock;
    }

    /// <summary>Number of nodes that there are namespaces for.</summary>
    public int Count => _cuts.Count;

    /// <summary>Why this machine cannot have such a network; null when it can.</summary>
    public static async Task<string?> WhyNotAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "network namespaces need root";
        }
        if (IpCommand.Path is null)
        {
            return "the program ip is not installed: apt-get install iproute2";
        }
        try
        {
            await using var probe = await CreateAsync(1);
            return null;
        }
        catch (InvalidOperationException e)
        {
            return "this machine does not let root make network namespaces: " + e.Message.ReplaceLineEndings(" ");
        }
    }

    /// <summary>Makes the bridge and the namespaces, after removing what test runs that have died left.</summary>
    /// <param name="nodes">How many namespaces, 1 to <see cref="MaxNodes"/>.</param>
    /// <exception cref="InvalidOperationException">When the machine refuses.</exception>
    public static async Task<NamespaceNetwork> CreateAsync(int nodes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nodes, MaxNodes);
        await NamespaceNames.SweepAsync();
        var names = new NamespaceNames(Environment.ProcessId, Interlocked.Increment(ref _made));
        var (subnet, subnetLock) = TakeSubnet();
        var network = new NamespaceNetwork(names, subnet, subnetLock);
        try
        {
            await network.MakeAsync(nodes);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the process of a node runs.</summary>
    /// <param name="node">Number of the node, from 0.</param>
    public ProcessPlace Place(int node) => new(
        Address(node), [IpCommand.Path!, "netns", "exec", _names.Namespace(node)], ["-insecure"]);

    /// <summary>
    /// Makes the network as given: what one sends to the other gets lost for every pair named, everything else arrives.
    /// </summary>
    /// <param name="cuts">Sender and receiver by number, one direction each.</param>
    public Task SetAsync(IEnumerable<(int From, int To)> cuts)
    {
        var wanted = cuts.ToLookup(cut => cut.From, cut => cut.To);
        return Task.WhenAll(Enumerable.Range(0, Count).Select(node => SetAsync(node, [.. wanted[node]])));
    }

    /// <summary>Everybody reaches everybody.</summary>
    public Task HealAsync() => SetAsync([]);

    /// <summary>Both directions between every node of one group and every node of another.</summary>
    public static IEnumerable<(int From, int To)> Between(IReadOnlyList<int> one, IReadOnlyList<int> other) =>
        one.SelectMany(a => other.SelectMany(b => new[] { (a, b), (b, a) }));

    /// <summary>The direction from every node of one group to every node of another.</summary>
    public static IEnumerable<(int From, int To)> OneWay(IReadOnlyList<int> from, IReadOnlyList<int> to) =>
        from.SelectMany(a => to.Select(b => (a, b)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _names.RemoveAsync(MaxNodes);
        await _subnetLock.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A subnet that no other test run on this machine uses: the lock goes with the process.</summary>
    private static (int Subnet, FileStream Lock) TakeSubnet()
    {
        for (var subnet = 1; subnet <= MaxSubnets; subnet++)
        {
            var path = Path.Combine(
                Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"skein-test-subnet-{subnet}.lock"));
            try
            {
                return (subnet, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                // Another test run has it.
            }
        }
        throw new InvalidOperationException("every subnet of 10.213.0.0/16 is in use");
    }

    private string Address(int node) =>
        string.Create(CultureInfo.InvariantCulture, $"10.213.{_subnet}.{FirstNodeAddress + node}");

    private async Task MakeAsync(int nodes)
    {
        var bridge = _names.Bridge;
        await IpCommand.RunAsync("link", "add", bridge, "type", "bridge");
        await IpCommand.RunAsync(
            "addr", "add", string.Create(CultureInfo.InvariantCulture, $"10.213.{_subnet}.1/24"), "dev", bridge);
        await IpCommand.RunAsync("link", "set", bridge, "up");
        for (var node = 0; node < nodes; node++)
        {
            var space = _names.Namespace(node);
            var link = _names.Link(node);
            await IpCommand.RunAsync("netns", "add", space);
            _cuts.Add([]);
            await IpCommand.RunAsync("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space);
            await IpCommand.RunAsync("link", "set", link, "master", bridge, "up");
            await IpCommand.RunAsync("-n", space, "addr", "add", Address(node) + "/24", "dev", "eth0");
            await IpCommand.RunAsync("-n", space, "link", "set", "eth0", "up");
            await IpCommand.RunAsync("-n", space, "link", "set", "lo", "up");
        }
    }

    private async Task SetAsync(int node, HashSet<int> wanted)
    {
        var batch = new StringBuilder();
        foreach (var to in wanted.Except(_cuts[node]))
        {
            batch.Append(
                CultureInfo.InvariantCulture, $"neigh replace {Address(to)} lladdr {Nobody} dev eth0 nud permanent\n");
        }
        foreach (var to in _cuts[node].Except(wanted))
        {
            batch.Append(CultureInfo.InvariantCulture, $"neigh del {Address(to)} dev eth0\n");
        }
        if (batch.Length != 0)
        {
            var file = _folder.WriteFile(
                string.Create(CultureInfo.InvariantCulture, $"batch-{node}"), Encoding.ASCII.GetBytes(batch.ToString()));
            await IpCommand.RunAsync("-n", _names.Namespace(node), "-batch", file);
            _cuts[node] = wanted;
        }
    }
}
