using Skein.Core.Nodes;

namespace Skein.Node.CommandLine;

/// <summary>
/// Reads flags as Go programs do: <c>-flag value</c>, <c>-flag=value</c>, one or two dashes, switches alone or with
/// <c>=true</c>. Underscores and dashes inside a name mean the same.
/// </summary>
internal static class NodeOptionsParser
{
    /// <summary>Largest number of edits between a mistyped flag and the one that is suggested.</summary>
    private const int MaxEdits = 4;

    private static readonly Dictionary<string, NodeFlag> ByName =
        NodeFlagTable.All.ToDictionary(flag => Canonical(flag.Name), StringComparer.Ordinal);

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="StartupException">When a flag is unknown, a value is wrong, or flags contradict.</exception>
    public static NodeOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new NodeOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument is "version" or "help" && arguments.Count == 1)
            {
                argument = "-" + argument;
            }
            if (!argument.StartsWith('-') || argument.Trim('-').Length == 0)
            {
                throw new StartupException($"unexpected argument \"{argument}\": every argument is a flag (see -help)");
            }
            var body = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..] : argument[1..];
            var equals = body.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? body : body[..equals];
            var flag = Find(name);
            string value;
            if (equals >= 0)
            {
                value = body[(equals + 1)..];
            }
            else if (flag.IsSwitch)
            {
                value = "";
            }
            else if (++i < arguments.Count)
            {
                value = arguments[i];
            }
            else
            {
                throw new StartupException($"flag needs an argument: -{flag.Name} {flag.Value}");
            }
            options = Take(options, flag, value);
        }
        Check(options);
        return options;
    }

    private static NodeOptions Take(NodeOptions options, NodeFlag flag, string value) =>
        value.Length == 0 && !flag.IsSwitch && flag.Name != "config_custom"
            ? throw new StartupException($"flag needs an argument: -{flag.Name} {flag.Value}")
            : flag.Apply(options, value);

    private static NodeFlag Find(string name)
    {
        var canonical = Canonical(name == "h" ? "help" : name);
        if (ByName.TryGetValue(canonical, out var flag))
        {
            return flag;
        }
        var nearest = ByName.Keys
            .Select(candidate => (Name: ByName[candidate].Name, Edits: Edits(canonical, candidate)))
            .MinBy(candidate => candidate.Edits);
        throw new StartupException(
            nearest.Edits <= Math.Min(MaxEdits, name.Length / 2)
                ? $"unknown flag -{name}; did you mean -{nearest.Name}?"
                : $"unknown flag -{name} (see -help)");
    }

    private static void Check(NodeOptions options)
    {
        if (options.ShowHelp || options.ShowVersion)
        {
            return;
        }
        if (options.Role is null)
        {
            throw new StartupException("missing -role: expecting -role proxy or -role target");
        }
        if (options.LocalConfigFile is null && options.DataDirectory is null)
        {
            throw new StartupException(
                "missing -local_config FILE (configuration of this node) or -data DIR (a node without such a file)");
        }
        if (options.LocalConfigFile is not null && (options.DataDirectory is not null || options.Listen is not null))
        {
            throw new StartupException("-data and -listen are for a node without -local_config: give one or the other");
        }
        if (options.Bootstrap && options.Role != NodeRole.Proxy)
        {
            throw new StartupException("-bootstrap is for a proxy: a target cannot be the first node of a cluster");
        }
        if (options.Bootstrap && options.Standby)
        {
            throw new StartupException("-bootstrap and -standby contradict each other: give one of them");
        }
    }

    private static string Canonical(string name) => name.Replace('-', '_').ToLowerInvariant();

    private static int Edits(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var change = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + change);
                diagonal = above;
            }
        }
        return row[right.Length];
    }
}
