using Skein.Core.Maps;
using Skein.Core.Nodes;

namespace Skein.Cluster.Membership;

/// <summary>
/// Whom a node asks to let it in, in order: the environment's primary endpoint, the remembered primary, then
/// <c>proxy.primary_url</c>, <c>discovery_url</c> and <c>original_url</c> of the replicated configuration and of the
/// local file, then every node it ever knew.
/// </summary>
public static class JoinCandidates
{
    /// <summary>Builds the list without duplicates and without the node itself.</summary>
    /// <param name="self">The node; its own URLs are left out.</param>
    /// <param name="environmentEndpoint">From the environment; a list separated by commas; may be empty.</param>
    /// <param name="cached">The last document that the node holds.</param>
    /// <param name="configuredUrls">
    /// <c>primary_url</c>, <c>discovery_url</c>, <c>original_url</c> of the local configuration file, in this order; each
    /// may be a list separated by commas; may be empty.
    /// </param>
    public static IReadOnlyList<string> Build(
        NodeInfo self, string environmentEndpoint, ControlDocument cached, IReadOnlyList<string> configuredUrls)
    {
        var own = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            self.PublicNet.Url,
            self.ControlNet.Url,
            self.DataNet.Url,
        };
        var list = new List<string>();
        AddAll(environmentEndpoint);
        if (cached.Map.Primary is { } primary)
        {
            Add(primary.ControlNet.Url);
            Add(primary.PublicNet.Url);
        }
        if (cached.Exists)
        {
            AddAll(cached.Config.Proxy.PrimaryUrl);
            AddAll(cached.Config.Proxy.DiscoveryUrl);
            AddAll(cached.Config.Proxy.OriginalUrl);
        }
        foreach (var url in configuredUrls)
        {
            AddAll(url);
        }
        foreach (var node in cached.Map.AllNodes)
        {
            Add(node.ControlNet.Url);
        }
        return list;

        void AddAll(string text)
        {
            foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                Add(part);
            }
        }

        void Add(string url)
        {
            var text = Normalize(url);
            if (text.Length != 0 && own.Add(text))
            {
                list.Add(text);
            }
        }
    }

    /// <summary>
    /// A base URL in the one form used for comparison: with a scheme (<c>http</c> when none is given), without a
    /// trailing slash; empty when it is no absolute http or https URL.
    /// </summary>
    public static string Normalize(string url)
    {
        var text = url.Trim().TrimEnd('/');
        if (text.Length == 0)
        {
            return "";
        }
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            text = "http://" + text;
        }
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? text : "";
    }
}
