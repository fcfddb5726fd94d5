using Skein.Cluster.Consensus;

namespace Skein.Simulator.World;

/// <summary>Known-bad behaviour of a disk, or of the code that uses it.</summary>
internal enum DiskMutation
{
    None,

    /// <summary>The vote file is renamed into place before its bytes are durable.</summary>
    VoteNotFlushed,

    /// <summary>Document files are renamed into place before their bytes are durable.</summary>
    DocumentNotFlushed,

    /// <summary>Names are not made durable after a rename.</summary>
    FolderNotFlushed,

    /// <summary>What a killed process left is acted on without being made durable first.</summary>
    NotFlushedAtStart,

    /// <summary>A node whose vote file is damaged starts as if it had not voted.</summary>
    DamagedVoteIgnored,

    /// <summary>A node whose accepted document is damaged starts with what it knows to be committed.</summary>
    DamagedDocumentIgnored,

    /// <summary>A node that cannot read its files comes back blank under its old incarnation.</summary>
    SameIncarnationAfterDamage,
}

/// <summary>What is wrong with a simulated build; nothing by default.</summary>
internal sealed record Variant(
    ConsensusMutation Core = ConsensusMutation.None, DiskMutation Disk = DiskMutation.None)
{
    public static Variant Correct { get; } = new();

    /// <summary>Every mutation by name, as <c>--mutation</c> takes it.</summary>
    public static IReadOnlyList<Variant> All { get; } =
    [
        .. Enum.GetValues<ConsensusMutation>()
            .Where(one => one != ConsensusMutation.None)
            .Select(one => new Variant(one)),
        .. Enum.GetValues<DiskMutation>().Where(one => one != DiskMutation.None)
            .Select(one => new Variant(ConsensusMutation.None, one)),
    ];

    public string Name => Disk != DiskMutation.None ? Disk.ToString() : Core.ToString();

    /// <exception cref="FormatException">When there is none of that name.</exception>
    public static Variant Find(string name) => All.FirstOrDefault(one => one.Name == name)
        ?? throw new FormatException($"no mutation {name}; there are: {string.Join(", ", All.Select(one => one.Name))}");
}
