using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Nodes;
using Skein.Client;
using Skein.Core.Jobs;
using Skein.Core.Nodes;
using Skein.Core.Wire;

namespace Skein.Cli.Jobs;

/// <summary>What a person wrote to name jobs: a kind, an id, a node, in any order and each at most once.</summary>
/// <param name="Kind">The kind; null for any.</param>
/// <param name="Id">The id; empty for any.</param>
/// <param name="Node">The target; null for all.</param>
internal sealed record JobWords(JobKind? Kind, string Id, NodeInfo? Node)
{
    /// <summary>The argument of commands that take them.</summary>
    public static Argument<string[]> Argument(string name, string description, bool required) => new(name)
    {
        Description = description,
        Arity = new ArgumentArity(required ? 1 : 0, 3),
        Validators = { CommonOptions.RefuseOptions },
    };

    /// <summary>The same as a question to the cluster.</summary>
    public JobMessage Message => new() { Kind = Kind?.Name, Id = Id, Node = Node?.Id };

    /// <summary>The job as it is shown, for example <c>resilver[k1]</c>.</summary>
    public string Shown => Id.Length == 0 ? Kind?.DisplayName ?? "job" : $"{Kind?.DisplayName ?? "job"}[{Id}]";

    /// <summary>Reads the words; asks for the cluster map when one is neither a kind nor the id of a rebalance.</summary>
    /// <exception cref="CliException">When there is one too many.</exception>
    /// <exception cref="SkeinException">When the map is needed and cannot be had.</exception>
    public static async Task<JobWords> ReadAsync(
        SkeinClient client, IReadOnlyList<string> words, CancellationToken cancellation)
    {
        var result = new JobWords(null, "", null);
        WireClusterMap? map = null;
        foreach (var word in words)
        {
            if (result.Kind is null && JobKinds.Find(word) is { } kind)
            {
                result = result with { Kind = kind };
                continue;
            }
            if (JobId.RebalanceNumber(word) is null)
            {
                map ??= await client.Cluster.GetMapAsync(cancellation);
                if (NodeNames.FindExact(map, word) is { } node)
                {
                    result = result.Node is null
                        ? result with { Node = Target(node) }
                        : throw new CliException($"\"{word}\": one node is named already");
                    continue;
                }
            }
            result = result.Id.Length == 0
                ? result with { Id = Bare(word, ref result) }
                : throw new CliException(
                    $"unknown or misplaced \"{word}\"", "expected are a kind, an id and a node, each at most once");
        }
        var ofId = JobId.RebalanceNumber(result.Id) is not null ? JobKinds.Rebalance
            : JobId.IsSortId(result.Id) ? JobKinds.Sort : null;
        return result with { Kind = result.Kind ?? ofId };
    }

    /// <summary>People copy <c>resilver[k1]</c> as it is shown.</summary>
    private static string Bare(string word, ref JobWords words)
    {
        var bracket = word.IndexOf('[', StringComparison.Ordinal);
        if (bracket <= 0 || word[^1] != ']' || JobKinds.Find(word[..bracket]) is not { } kind)
        {
            return word;
        }
        words = words with { Kind = words.Kind ?? kind };
        return word[(bracket + 1)..^1];
    }

    private static NodeInfo Target(NodeInfo node) => node.Role == NodeRole.Target
        ? node
        : throw new CliException($"{node.DisplayName} is a proxy: jobs run on targets");
}
