using Microsoft.Extensions.Logging;
using Skein.Core.Placement;

namespace Skein.Storage.Mountpaths;

/// <summary>The mountpaths of this node, verified and locked against other processes until disposed.</summary>
public sealed class MountpathSet : IDisposable
{
    private readonly ulong[] _digests;
    private readonly List<IDisposable> _locks;

    internal MountpathSet(IReadOnlyList<Mountpath> all, List<IDisposable> locks, bool isSettled)
    {
        All = all;
        IsSettled = isSettled;
        _locks = locks;
        _digests = [.. all.Select(m => m.Digest)];
    }

    /// <summary>The mountpaths in the order of the configuration; at least one.</summary>
    public IReadOnlyList<Mountpath> All { get; }

    /// <summary>
    /// False when the set of paths differs from the one under which objects were placed: an object may then lie on
    /// another mountpath than the chosen one, and look-ups ask all of them.
    /// </summary>
    public bool IsSettled { get; }

    /// <summary>Verifies, identifies and locks the mountpaths.</summary>
    /// <param name="paths">Absolute path and label of each; at least one, none inside another.</param>
    /// <param name="options">Whose they are.</param>
    /// <param name="logger">Where remarks go.</param>
    /// <exception cref="Core.Errors.StoreException">
    /// When one cannot be used. The message names the path, the reason and what to do.
    /// </exception>
    public static MountpathSet Open(
        IReadOnlyList<(string Path, string Label)> paths, MountpathOptions options, ILogger logger) =>
        MountpathOpening.Open(paths, options, logger);

    /// <summary>The mountpath on which an object belongs.</summary>
    /// <param name="objectDigest">From <see cref="HrwDigest.OfObject"/>.</param>
    public Mountpath Choose(ulong objectDigest) => All[Hrw.Choose(objectDigest, _digests)];

    /// <summary>Gives the disks free for other processes.</summary>
    public void Dispose()
    {
        foreach (var held in _locks)
        {
            held.Dispose();
        }
        _locks.Clear();
    }
}
