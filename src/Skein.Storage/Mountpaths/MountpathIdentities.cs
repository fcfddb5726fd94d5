using Microsoft.Extensions.Logging;
using Skein.Core.Errors;

namespace Skein.Storage.Mountpaths;

/// <summary>Writes what the disks of a node say of one another.</summary>
internal static partial class MountpathIdentities
{
    /// <summary>
    /// Notes on every readable disk which mountpaths the node has, and, where objects lie where they belong, among which
    /// they do. A disk that refuses is passed over: the node's own memory counts, this is for the day on which it is lost.
    /// </summary>
    public static void Update(MountpathView view, ILogger logger)
    {
        string[] known = [.. view.Records.Where(r => r.IsReadable || r.MayHoldObjects).Select(r => r.Path)
            .Order(StringComparer.Ordinal)];
        var placed = MountpathView.Paths(view.Available);
        foreach (var mountpath in view.Readable)
        {
            try
            {
                var identity = MountpathIdentity.ReadOrCreate(mountpath.Path, mountpath.Identity.NodeId, mountpath.Id, []);
                var isFresh = identity.PlacedUnder.Length == 0;
                var updated = identity with
                {
                    KnownPaths = known,
                    PlacedUnder = view.IsSettled || isFresh ? placed : identity.PlacedUnder,
                };
                if (identity.KnownPaths is null || !identity.KnownPaths.SequenceEqual(updated.KnownPaths)
                    || !identity.PlacedUnder.SequenceEqual(updated.PlacedUnder))
                {
                    updated.Write(mountpath.Path);
                }
            }
            catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
            {
                Log.NotWritten(logger, mountpath.Path, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2005, LogLevel.Warning,
            "Mountpath {Path}: the note of the node's other mountpaths was not renewed: {Reason}")]
        public static partial void NotWritten(ILogger logger, string path, string reason);
    }
}
