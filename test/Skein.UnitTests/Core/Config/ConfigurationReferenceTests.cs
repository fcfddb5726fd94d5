using System.Text;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Node.CommandLine;
using Skein.TestKit;

namespace Skein.UnitTests.Core.Config;

/// <summary>
/// Writes docs/reference/configuration.md from the code and fails when the file is out of date. To rewrite it, run this
/// test with SKEIN_REWRITE_DOCS=1.
/// </summary>
public sealed class ConfigurationReferenceTests
{
    private const string Introduction =
        """
        # Configuration

        This page is written from the code by `ConfigurationReferenceTests`; run that test with `SKEIN_REWRITE_DOCS=1` to
        rewrite it.

        A node reads two JSON files, both in AIStore's format: the *cluster configuration* (`-config`), which is the same
        for all nodes and lives in the replicated control document once the cluster is formed, and the *configuration of
        the node* (`-local_config`). Both may be left out: `-data DIR` starts a node with compiled defaults.

        - Keys are matched without regard to case. Keys that are missing have their defaults. Comments and trailing
          commas are allowed. A key that nobody knows is kept, shown again, and logged once at start.
        - Durations are written as `100ms`, `2s`, `1m30s`, `2h0m`. Sizes are written as `4MiB`, `256KiB`; every unit is a
          power of 1024, so `4mb` is the same as `4MiB`.
        - Every value is checked. A message names the key, the value and what is allowed, for example
          `invalid timeout.max_keepalive=1s, must be >= 2*(cplane_operation=2s)`.
        - Precedence, from weak to strong: compiled defaults, cluster configuration, overrides of one node
          (`-config_custom` or `set-config` on the node), environment, flags.
        - Keys marked *maintained* are written by Skein, and `set-config` refuses them.

        """;

    [Fact]
    public void The_page_says_what_the_code_does() => GeneratedPart.CheckPage("docs/reference/configuration.md", Build());

    [Fact]
    public void Every_key_has_a_meaning_that_is_a_sentence() =>
        Assert.All(
            ClusterConfig.DescribeKeys().Concat(NodeConfig.DescribeKeys()).Concat(BucketProps.DescribeKeys()),
            key => Assert.True(key.Meaning.Length > 10 && key.Meaning.EndsWith('.'), key.Path));

    private static string Build()
    {
        var page = new StringBuilder(Introduction);
        page.Append("\n## Cluster configuration\n");
        AddSections(page, ClusterConfig.DescribeKeys());
        page.Append("\n## Configuration of a node\n");
        page.Append("\nLists of host names are separated by commas. A mountpath is never inside another one.\n");
        AddTable(page, NodeConfig.DescribeKeys());
        page.Append("\n## Properties of a bucket\n");
        page.Append("\nA new bucket takes its values from the cluster configuration; the defaults below are those of an ");
        page.Append("ais bucket\nunder the default configuration.\n");
        AddTable(page, BucketProps.DescribeKeys());
        page.Append("\n## Command line of a node\n");
        page.Append("\nOne dash or two, `-flag value` or `-flag=value`; a switch stands alone or with `=true`.\n");
        page.Append("\n| flag | meaning |\n|---|---|\n");
        foreach (var flag in NodeFlagTable.All)
        {
            page.Append($"| `-{flag.Name}{(flag.IsSwitch ? "" : " " + Escape(flag.Value))}` | {Escape(flag.Help)} |\n");
        }
        page.Append("\n## Environment of a node\n\n| variable | meaning |\n|---|---|\n");
        foreach (var (name, meaning) in NodeEnvironment.Variables)
        {
            page.Append($"| `{name}` | {Escape(meaning)} |\n");
        }
        return page.ToString();
    }

    private static void AddSections(StringBuilder page, IReadOnlyList<ConfigKey> keys)
    {
        foreach (var section in keys.GroupBy(key => key.Path.Contains('.', StringComparison.Ordinal)
            ? key.Path[..key.Path.IndexOf('.', StringComparison.Ordinal)]
            : "top level"))
        {
            page.Append($"\n### {section.Key}\n");
            AddTable(page, section);
        }
    }

    private static void AddTable(StringBuilder page, IEnumerable<ConfigKey> keys)
    {
        page.Append("\n| key | type | default | range | meaning |\n|---|---|---|---|---|\n");
        foreach (var key in keys)
        {
            page.Append($"| `{key.Path}` | {key.Type} | `{key.Default}` | {Escape(key.Range)} | ");
            page.Append($"{(key.Settable ? "" : "*Maintained.* ")}{Escape(key.Meaning)} |\n");
        }
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
