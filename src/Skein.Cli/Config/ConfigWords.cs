using Skein.Cli.Nodes;
using Skein.Client;
using Skein.Core.Nodes;

namespace Skein.Cli.Config;

/// <summary>What a person named of configurations: whose, which part of it, and what it is to become.</summary>
/// <param name="Node">The node; null for the cluster.</param>
/// <param name="Scope">Of a node's configuration <c>inherited</c>, <c>local</c> or <c>all</c>; empty for <c>all</c>.</param>
/// <param name="Section">A section or a key; empty for everything.</param>
/// <param name="Settings">New values by key.</param>
internal sealed record ConfigWords(
    NodeInfo? Node, string Scope, string Section, IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    private static readonly string[] Scopes = ["inherited", "local", "all"];

    /// <summary>
    /// Reads the words after <c>config cluster</c> or <c>config node</c>: <c>NODE</c>, <c>inherited</c> or <c>local</c> (also
    /// before the node), then a section, or settings as <c>KEY=VALUE</c> or <c>KEY VALUE</c>.
    /// </summary>
    /// <exception cref="CliException">When they are not of that form.</exception>
    public static async Task<ConfigWords> ReadAsync(
        SkeinClient client, IReadOnlyList<string> words, bool ofNode, CancellationToken cancellation)
    {
        var left = words.ToList();
        var scope = TakeScope(left);
        NodeInfo? node = null;
        if (ofNode)
        {
            if (left.Count == 0)
            {
                throw new CliException("no node is named", "'skein show cluster' shows the nodes");
            }
            node = NodeNames.Find(await client.Cluster.GetMapAsync(cancellation), left[0]);
            left.RemoveAt(0);
            scope = scope.Length == 0 ? TakeScope(left) : scope;
        }
        if (left.Count == 1 && !left[0].Contains('=', StringComparison.Ordinal))
        {
            return new ConfigWords(node, scope, left[0], []);
        }
        return new ConfigWords(node, scope, "", Pairs(left));
    }

    /// <summary>Settings as <c>KEY=VALUE</c> or <c>KEY VALUE</c>.</summary>
    /// <exception cref="CliException">When a value is missing.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Pairs(IReadOnlyList<string> words)
    {
        var result = new List<KeyValuePair<string, string>>();
        for (var i = 0; i < words.Count; i++)
        {
            var equals = words[i].IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                result.Add(new(words[i][..equals], words[i][(equals + 1)..]));
            }
            else if (equals < 0 && i + 1 < words.Count && !words[i + 1].Contains('=', StringComparison.Ordinal))
            {
                result.Add(new(words[i], words[++i]));
            }
            else
            {
                throw new CliException($"\"{words[i]}\" has no value", "write it as section.key=value");
            }
        }
        return result;
    }

    private static string TakeScope(List<string> words)
    {
        if (words.Count == 0 || !Scopes.Contains(words[0]))
        {
            return "";
        }
        var scope = words[0];
        words.RemoveAt(0);
        return scope;
    }
}
