using Skein.Core.Errors;
using Skein.Core.Placement;

namespace Skein.Storage.Mountpaths;

/// <summary>
/// The mountpaths of a node at one moment; never changes. Objects are placed among the available ones, and read from
/// the available and the waiting ones.
/// </summary>
public sealed class MountpathView
{
    /// <summary>With more sets than this nobody keeps apart any more what may lie where.</summary>
    internal const int MaxSets = 32;

    private readonly ulong[] _digests;
    private readonly (string[] Paths, ulong[] Digests)[] _sets;

    internal MountpathView(
        IReadOnlyList<MountpathRecord> records, IReadOnlyDictionary<string, Mountpath> open, string[][] sets, bool anywhere)
    {
        Records = records;
        Available = [.. records.Where(r => r.State == MountpathState.Available).Select(r => open[r.Path])];
        Readable = [.. Available, .. records.Where(r => r.IsWaiting).Select(r => open[r.Path])];
        Missing = [.. records.Where(r => !r.IsReadable && r.MayHoldObjects)];
        _digests = [.. Available.Select(m => m.Digest)];
        var present = Paths(Available);
        sets = present.Length == 0 || (sets.Length != 0 && sets[^1].SequenceEqual(present)) ? sets : [.. sets, present];
        anywhere |= sets.Length > MaxSets;
        Sets = sets.Length > MaxSets ? sets[^MaxSets..] : sets;
        Anywhere = anywhere;
        _sets = [.. Sets.Select(s => (s, s.Select(HrwDigest.OfText).ToArray()))];
        IsSettled = !anywhere && Sets.Length == 1 && Sets[0].SequenceEqual(present) && Readable.Count == Available.Count;
    }

    /// <summary>All mountpaths that the node knows, in the order in which they came.</summary>
    public IReadOnlyList<MountpathRecord> Records { get; }

    /// <summary>Those among which objects are placed; may be none.</summary>
    public IReadOnlyList<Mountpath> Available { get; }

    /// <summary>Those from which objects are read: the available ones, then the waiting ones.</summary>
    public IReadOnlyList<Mountpath> Readable { get; }

    /// <summary>Those that are out of service and may hold objects that lie nowhere else.</summary>
    public IReadOnlyList<MountpathRecord> Missing { get; }

    /// <summary>
    /// True when every object lies on the mountpath that placement chooses. Otherwise look-ups ask every readable one.
    /// </summary>
    public bool IsSettled { get; }

    /// <summary>The sets of paths among which objects were placed, each in order, oldest first.</summary>
    internal string[][] Sets { get; }

    /// <summary>True when objects may lie on any mountpath, whatever the sets say.</summary>
    internal bool Anywhere { get; }

    /// <summary>The mountpath on which an object belongs.</summary>
    /// <param name="objectDigest">From <see cref="HrwDigest.OfObject"/>.</param>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.NotReady"/> when no mountpath is available.</exception>
    public Mountpath Choose(ulong objectDigest) =>
        Available.Count != 0 ? Available[Hrw.Choose(objectDigest, _digests)] : throw NoneAvailable();

    /// <summary>The mountpath that is out of service and may hold an object; null when there is none.</summary>
    /// <param name="objectDigest">From <see cref="HrwDigest.OfObject"/>.</param>
    public MountpathRecord? MayHold(ulong objectDigest)
    {
        if (Missing.Count == 0)
        {
            return null;
        }
        foreach (var (paths, digests) in _sets)
        {
            if (paths.Length == 0)
            {
                continue;
            }
            var chosen = paths[Hrw.Choose(objectDigest, digests)];
            if (Missing.FirstOrDefault(r => r.Path == chosen) is { } missing)
            {
                return missing;
            }
        }
        return Anywhere ? Missing[0] : null;
    }

    /// <summary>The record of a path; null when the node does not know it.</summary>
    public MountpathRecord? Find(string path) => Records.FirstOrDefault(r => r.Path == path);

    /// <summary>Why nothing can be stored.</summary>
    internal StoreException NoneAvailable() => new(
        StoreErrorCode.NotReady,
        "no mountpath of this target is in service: " + string.Join("; ", Records
            .Where(r => r.State != MountpathState.Detached)
            .Select(r => $"{r.Path} ({(r.Reason.Length == 0 ? "disabled" : r.Reason)})").DefaultIfEmpty("all are detached")));

    /// <summary>The paths, in the order in which sets are compared.</summary>
    internal static string[] Paths(IEnumerable<Mountpath> mountpaths) =>
        [.. mountpaths.Select(m => m.Path).Order(StringComparer.Ordinal)];
}
