using Skein.Core.Config.Schema;

namespace Skein.Core.Config;

/// <summary>Mountpaths by number instead of by name, for tries and tests (<c>test_fspaths</c>).</summary>
public sealed record TestMountpathsSection : ConfigSection
{
    /// <summary>Absolute folder in which they are. Default empty.</summary>
    public string Root { get; init; } = "";

    /// <summary>How many; 0 means that this section is not used. Range 0 to 1024. Default 0.</summary>
    public int Count { get; init; }

    /// <summary>When not 0, the last folder of each path, so that several nodes can share a root. Default 0.</summary>
    public int Instance { get; init; }

    internal static SectionSchema<TestMountpathsSection> Schema { get; } = new SectionSchema<TestMountpathsSection>()
        .Text("root", s => s.Root, (s, v) => s with { Root = v }, "Absolute folder in which the mountpaths are.")
        .Integer(
            "count", s => s.Count, (s, v) => s with { Count = (int)v }, (0, MountpathListKind.MaxMountpaths),
            "Number of mountpaths, named mp1, mp2, ... under root; 0 when fspaths is used instead.")
        .Integer(
            "instance", s => s.Instance, (s, v) => s with { Instance = (int)v }, (0, int.MaxValue),
            "When not 0, a folder of this name in each of them is the mountpath.")
        .Rule(s => s.Count > 0 && (!s.Root.StartsWith('/') || MountpathListKind.Clean(s.Root) == "/")
            ? $"invalid test_fspaths.root=\"{ReadContext.Shorten(s.Root)}\", expected an absolute path below the root"
            : null);

    /// <summary>
    /// The mountpaths: <c>root/mp1</c> and so on, with <see cref="Instance"/> <c>root/mp1/instance</c>.
    /// </summary>
    public IReadOnlyList<MountpathEntry> Expand() =>
    [
        .. Enumerable.Range(1, Count).Select(number => new MountpathEntry(
            MountpathListKind.Clean($"{Root}/mp{number}{(Instance > 0 ? $"/{Instance}" : "")}"), "")),
    ];
}
