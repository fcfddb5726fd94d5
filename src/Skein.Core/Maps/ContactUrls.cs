using Skein.Core.Config;
using Skein.Core.Nodes;

namespace Skein.Core.Maps;

/// <summary>
/// The rule by which the primary, and only the primary, keeps the three URLs of the cluster configuration true.
/// It is applied to every document before it is committed, so that the URLs change together with what makes it
/// necessary.
/// </summary>
public static class ContactUrls
{
    /// <summary>
    /// <c>primary_url</c> is the primary. <c>original_url</c> and <c>discovery_url</c> are two other live nodes that can
    /// name the primary: electable proxies first, then other proxies, then targets. Each is kept while it is still good,
    /// so that they are stable; neither names a node under maintenance or down. With nobody else they name the primary.
    /// </summary>
    public static ControlDocument Apply(ControlDocument document)
    {
        var map = document.Map;
        if (map.Primary is not { } primary)
        {
            return document;
        }
        var others = map.AllNodes
            .Where(node => node.IsActive && node.Id != primary.Id)
            .OrderBy(Rank)
            .ThenBy(node => node.Id, StringComparer.Ordinal)
            .ToList();
        var bestRank = others.Count == 0 ? 0 : Rank(others[0]);
        var original = Keep(document.Config.Proxy.OriginalUrl, others, null, others.Count(node => Rank(node) == bestRank));
        var discovery = Keep(
            document.Config.Proxy.DiscoveryUrl, others, original, others.Count(node => Rank(node) == bestRank));
        var fallback = primary.ControlNet.Url;
        var proxy = document.Config.Proxy with
        {
            PrimaryUrl = fallback,
            OriginalUrl = original ?? fallback,
            DiscoveryUrl = discovery ?? original ?? fallback,
        };
        return proxy == document.Config.Proxy
            ? document
            : document with
            {
                Config = document.Config with { Proxy = proxy, Version = document.Config.Version + 1 },
            };
    }

    private static int Rank(NodeInfo node) => node.Role == NodeRole.Target ? 2 : node.IsElectable ? 0 : 1;

    /// <summary>The URL itself while it names a node as good as the best ones; else the first one not taken.</summary>
    private static string? Keep(string url, List<NodeInfo> others, string? taken, int best)
    {
        // Two URLs are needed: a node of a lower rank is good enough only while there are fewer than two of the best.
        var needed = Math.Max(best, Math.Min(2, others.Count));
        var good = others.Take(needed).ToList();
        if (url != taken && good.Exists(node => node.ControlNet.Url == url))
        {
            return url;
        }
        return good.Find(node => node.ControlNet.Url != taken)?.ControlNet.Url;
    }
}
