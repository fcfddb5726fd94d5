using Skein.TestKit.Clusters;

namespace Skein.SystemTests.Partitions;

/// <summary>A way in which the network is broken.</summary>
/// <param name="Name">For the reader.</param>
/// <param name="Cuts">Directions that are cut: sender and receiver by number of node.</param>
/// <param name="Minority">Proxies that are on the side of less than half of the voters and hear nothing of the others.</param>
/// <param name="Majority">Proxies that reach each other in both directions and are more than half of the voters.</param>
/// <param name="Flaps">The network breaks and mends several times a second, or so.</param>
internal sealed record Fault(
    string Name,
    IReadOnlyList<(int From, int To)> Cuts,
    IReadOnlyList<int> Minority,
    IReadOnlyList<int> Majority,
    bool Flaps = false);

/// <summary>Makes faults of a cluster whose nodes 0 to P-1 are proxies, all voters, and the next T are targets.</summary>
internal sealed class FaultMaker(int proxies, int targets, Random random)
{
    private int _next;

    /// <summary>The number of kinds of faults: so many in a row are all different.</summary>
    public const int Kinds = 9;

    /// <summary>The next kind, with nodes chosen at random.</summary>
    /// <param name="primary">Number of the proxy that leads.</param>
    public Fault Next(int primary)
    {
        var others = Shuffled(Enumerable.Range(0, proxies).Where(proxy => proxy != primary));
        var stores = Shuffled(Enumerable.Range(proxies, targets));
        return (_next++ % Kinds) switch
        {
            0 => Split("2|3, the primary among two", [primary, others[0]], others[1..], stores, 1),
            1 => Split("1|4, the primary alone", [primary], others, stores, 0),
            2 => Island("two targets alone, together", stores[..2]),
            3 => OneWay("nobody hears the primary", primary, others, hears: true),
            4 => Split("2|3, the primary among three", others[..2], [primary, .. others[2..]], stores, 2),
            5 => new Fault(
                "the primary comes and goes", Around(primary, Everybody(primary)), [], others, Flaps: true),
            6 => Split("1|4, another one alone with a target", [others[0]], [primary, .. others[1..]], stores, 1),
            7 => OneWay("the primary hears nobody", primary, others, hears: false),
            _ => new Fault(
                "every target for itself",
                [.. stores.SelectMany(store => Around(store, Everybody(store))).Distinct()], [], [primary, .. others]),
        };
    }

    private Fault Split(string name, int[] few, int[] many, int[] stores, int storesOfFew)
    {
        int[] one = [.. few, .. stores[..storesOfFew]];
        int[] other = [.. many, .. stores[storesOfFew..]];
        return new Fault(name, [.. NamespaceNetwork.Between(one, other)], few, many);
    }

    private Fault Island(string name, int[] island) => new(
        name,
        [.. NamespaceNetwork.Between(island, [.. Enumerable.Range(0, proxies + targets).Except(island)])],
        [],
        [.. Enumerable.Range(0, proxies)]);

    private Fault OneWay(string name, int primary, int[] others, bool hears) => new(
        name,
        hears
            ? [.. NamespaceNetwork.OneWay([primary], Everybody(primary))]
            : [.. NamespaceNetwork.OneWay(Everybody(primary), [primary])],
        [],
        others);

    private static (int, int)[] Around(int node, int[] others) => [.. NamespaceNetwork.Between([node], others)];

    private int[] Everybody(int but) => [.. Enumerable.Range(0, proxies + targets).Where(node => node != but)];

    private int[] Shuffled(IEnumerable<int> numbers)
    {
        var list = numbers.ToArray();
        random.Shuffle(list);
        return list;
    }
}
