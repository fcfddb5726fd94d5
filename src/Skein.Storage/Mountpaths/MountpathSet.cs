using Microsoft.Extensions.Logging;
using Skein.Core.Placement;

namespace Skein.Storage.Mountpaths;

/// <summary>
/// The mountpaths of this node, verified and locked against other processes until disposed. Which ones there are changes
/// at run time: take the <see cref="View"/> once for each piece of work.
/// </summary>
public sealed class MountpathSet : IDisposable
{
    /// <summary>Name of <see cref="MountpathOptions.StateFile"/> in the metadata folder of a node.</summary>
    public const string StateFileName = MountpathRegistry.FileName;

    private volatile MountpathView _view;

    internal MountpathSet(MountpathView view, MountpathOptions options, ILogger logger)
    {
        _view = view;
        Options = options;
        Logger = logger;
    }

    /// <summary>The mountpaths now.</summary>
    public MountpathView View => _view;

    /// <summary>The mountpaths from which objects are read now.</summary>
    public IReadOnlyList<Mountpath> All => _view.Readable;

    /// <summary>
    /// False when an object may lie on another mountpath than the chosen one; look-ups then ask all of them.
    /// </summary>
    public bool IsSettled => _view.IsSettled;

    internal MountpathOptions Options { get; }

    internal ILogger Logger { get; }

    /// <summary>
    /// Verifies, identifies and locks the mountpaths. One that cannot be used is out of service, and the log says why;
    /// but when none was ever used and none can be used now, or another process uses one, that is an error.
    /// </summary>
    /// <param name="paths">Absolute path and label of each; at least one, none inside another.</param>
    /// <param name="options">Whose they are.</param>
    /// <param name="logger">Where remarks go.</param>
    /// <exception cref="Core.Errors.StoreException">
    /// When the configuration makes no sense or none can be used. The message names the path, the reason and what to do.
    /// </exception>
    public static MountpathSet Open(
        IReadOnlyList<(string Path, string Label)> paths, MountpathOptions options, ILogger logger) =>
        MountpathOpening.Open(paths, options, logger);

    /// <summary>The mountpath on which an object belongs now.</summary>
    /// <param name="objectDigest">From <see cref="HrwDigest.OfObject"/>.</param>
    /// <exception cref="Core.Errors.StoreException">When no mountpath is available.</exception>
    public Mountpath Choose(ulong objectDigest) => _view.Choose(objectDigest);

    /// <summary>Gives the disks free for other processes.</summary>
    public void Dispose()
    {
        foreach (var mountpath in _view.Readable)
        {
            mountpath.Lock.Dispose();
        }
    }

    /// <summary>Remembers the view, durably, and then shows it.</summary>
    internal void Swap(MountpathView view)
    {
        if (Options.StateFile is { } file)
        {
            new MountpathRegistry(
                MountpathRegistry.CurrentFormat, Options.NodeId, [.. view.Records], view.Sets, view.Anywhere).Write(file);
        }
        _view = view;
    }
}
