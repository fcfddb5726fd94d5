using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Simulator.Checks;

/// <summary>What the three URLs of a document must be, written down a second time and in another way.</summary>
internal static class ContactUrlRules
{
    /// <summary>What is wrong; null when nothing is.</summary>
    public static string? Violation(ControlDocument document)
    {
        if (document.Map.Primary is not { } primary)
        {
            return null;
        }
        var proxy = document.Config.Proxy;
        var others = document.Map.AllNodes.Where(node => node.IsActive && node.Id != primary.Id).ToList();
        if (proxy.PrimaryUrl != primary.ControlNet.Url)
        {
            return $"primary_url is {proxy.PrimaryUrl}, the primary is at {primary.ControlNet.Url}";
        }
        foreach (var (name, url) in new[] { ("original_url", proxy.OriginalUrl), ("discovery_url", proxy.DiscoveryUrl) })
        {
            var named = others.Find(node => node.ControlNet.Url == url);
            if (named is null && (others.Count != 0 || url != primary.ControlNet.Url))
            {
                return $"{name} is {url}, which is none of the {others.Count} other active nodes";
            }
            if (named is not null && named.Role == NodeRole.Target
                && others.Count(node => node.Role == NodeRole.Proxy) >= 2)
            {
                return $"{name} names a target although there are proxies";
            }
        }
        return others.Count >= 2 && proxy.OriginalUrl == proxy.DiscoveryUrl
            ? $"original_url and discovery_url are both {proxy.OriginalUrl}, with {others.Count} other active nodes"
            : null;
    }
}
