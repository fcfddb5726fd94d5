using Skein.Cluster.Consensus;
using Skein.Cluster.Leases;
using Skein.Cluster.Liveness;

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

/// <summary>Known-bad behaviour of the code around the consensus.</summary>
internal enum ShellMutation
{
    None,

    /// <summary>A newborn cluster stays although an established one would let its founder in.</summary>
    NewbornKept,

    /// <summary>A cluster is given up although something depends on it.</summary>
    EstablishedGivenUp,

    /// <summary>Who is let in counts as holding the document that it is only just being sent.</summary>
    AdmittedCountsAsHolding,

    /// <summary>A primary whose machine slept believes that the majority followed it just now.</summary>
    SleepNotCounted,

    /// <summary>A target is called down while it may still take writes.</summary>
    DownBeforeLeaseEnds,
}

/// <summary>What is wrong with a simulated build; nothing by default.</summary>
internal sealed record Variant(
    ConsensusMutation Core = ConsensusMutation.None,
    DiskMutation Disk = DiskMutation.None,
    LeaseMutation Lease = LeaseMutation.None,
    ShellMutation Shell = ShellMutation.None,
    DetectorMutation Detector = DetectorMutation.None)
{
    public static Variant Correct { get; } = new();

    public string Name => Disk != DiskMutation.None ? Disk.ToString()
        : Lease != LeaseMutation.None ? Lease.ToString()
        : Detector != DetectorMutation.None ? Detector.ToString()
        : Shell != ShellMutation.None ? Shell.ToString()
        : Core.ToString();

    /// <summary>Every mutation (the first value of each kind is none) by name, as <c>--mutation</c> takes it.</summary>
    public static IReadOnlyList<Variant> All { get; } =
    [
        .. Enum.GetValues<ConsensusMutation>().Skip(1).Select(one => new Variant(Core: one)),
        .. Enum.GetValues<DiskMutation>().Skip(1).Select(one => new Variant(Disk: one)),
        .. Enum.GetValues<LeaseMutation>().Skip(1).Select(one => new Variant(Lease: one)),
        .. Enum.GetValues<DetectorMutation>().Skip(1).Select(one => new Variant(Detector: one)),
        .. Enum.GetValues<ShellMutation>().Skip(1).Select(one => new Variant(Shell: one)),
    ];

    /// <exception cref="FormatException">When there is none of that name.</exception>
    public static Variant Find(string name) => All.FirstOrDefault(one => one.Name == name)
        ?? throw new FormatException($"no mutation {name}; there are: {string.Join(", ", All.Select(one => one.Name))}");
}
