using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Storage.Disk;

namespace Skein.Storage.Mountpaths;

/// <summary>Verifies mountpaths one after another, so that the first bad one is named.</summary>
internal static partial class MountpathOpening
{
    /// <summary>Most mountpaths of a node.</summary>
    public const int MaxMountpaths = 256;

    private const string LockFile = ".skein.lock";
    private const string ProbeAttribute = "user.skein.probe";

    public static MountpathSet Open(
        IReadOnlyList<(string Path, string Label)> paths, MountpathOptions options, ILogger logger)
    {
        var cleaned = Clean(paths);
        var all = new List<Mountpath>();
        var locks = new List<IDisposable>();
        var settled = true;
        try
        {
            var everyPath = cleaned.Select(p => p.Path).Order(StringComparer.Ordinal).ToArray();
            foreach (var (path, label) in cleaned)
            {
                Probe(path, options.CreateMissing);
                locks.Add(Lock(path));
                var identity = MountpathIdentity.ReadOrCreate(path, options.NodeId, everyPath);
                if (!identity.PlacedUnder.Order(StringComparer.Ordinal).SequenceEqual(everyPath))
                {
                    settled = false;
                    Log.Unsettled(logger, path, string.Join(", ", identity.PlacedUnder));
                }
                var mountpath = new Mountpath(all.Count, path, label, identity.MountpathId, MountTable.Find(path));
                Log.Opened(logger, path, label, mountpath.FileSystem.Name, mountpath.FileSystem.Type);
                all.Add(mountpath);
            }
        }
        catch
        {
            locks.ForEach(l => l.Dispose());
            throw;
        }
        return new MountpathSet(all, locks, settled);
    }

    private static List<(string Path, string Label)> Clean(IReadOnlyList<(string Path, string Label)> paths)
    {
        if (paths.Count is 0 or > MaxMountpaths)
        {
            throw Refused($"a target needs 1 to {MaxMountpaths} mountpaths, but {paths.Count} are configured");
        }
        var cleaned = new List<(string Path, string Label)>();
        foreach (var (path, label) in paths)
        {
            if (path.Length == 0 || !Path.IsPathRooted(path))
            {
                throw Refused($"mountpath \"{path}\" is not an absolute path");
            }
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            if (full == "/")
            {
                throw Refused("mountpath \"/\" is the root of the file system; use a folder of its own");
            }
            foreach (var (other, _) in cleaned)
            {
                if (other == full)
                {
                    throw Refused($"mountpath {full} is configured twice");
                }
                if (IsInside(full, other) || IsInside(other, full))
                {
                    throw Refused($"mountpath {full} and mountpath {other} lie inside one another");
                }
            }
            cleaned.Add((full, label));
        }
        return cleaned;
    }

    private static bool IsInside(string inner, string outer) =>
        inner.StartsWith(outer + "/", StringComparison.Ordinal);

    /// <summary>Existing folder, writable, keeps user attributes.</summary>
    private static unsafe void Probe(string path, bool createMissing)
    {
        if (File.Exists(path))
        {
            throw Refused($"mountpath {path} is a file, not a folder");
        }
        if (!Directory.Exists(path))
        {
            if (!createMissing)
            {
                throw Refused(
                    $"mountpath {path} does not exist; create the folder (mkdir -p {path}) or mount its disk");
            }
            Directory.CreateDirectory(path);
        }
        var probe = Path.Combine(path, ".skein.probe");
        try
        {
            File.WriteAllBytes(probe, [1]);
        }
        catch (IOException) when (PosixDisk.Capacity(path).AvailableBytes < DiskErrors.NearlyFullBytes
            && File.Exists(Path.Combine(path, MountpathIdentity.FileName)))
        {
            return; // full, but it was probed when it was first used: objects can be read and deleted
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorCode.Internal,
                $"mountpath {path} is not writable: {e.Message}; check owner, mode and free space of the folder, and "
                    + "that the file system is not mounted read-only", e);
        }
        ReadOnlySpan<byte> written = [0x53, 0x6B];
        Span<byte> read = stackalloc byte[2];
        fixed (byte* from = written)
        fixed (byte* to = read)
        {
            var ok = LibC.SetPathAttribute(probe, ProbeAttribute, from, written.Length, 0) == 0
                && LibC.GetPathAttribute(probe, ProbeAttribute, to, read.Length) == written.Length
                && read.SequenceEqual(written);
            var error = Marshal.GetLastPInvokeError();
            var ignoresCase = File.Exists(Path.Combine(path, ".SKEIN.PROBE"));
            File.Delete(probe);
            if (ignoresCase)
            {
                throw Refused(
                    $"mountpath {path}: the file system takes upper and lower case for the same, so two objects "
                        + "could be one file; use a file system or folder that tells them apart");
            }
            if (!ok)
            {
                throw Refused(
                    $"mountpath {path}: the file system {MountTable.Find(path).Type} does not keep extended "
                        + $"attributes (user.*): {Marshal.GetPInvokeErrorMessage(error)}; use ext4, xfs or btrfs, or "
                        + "mount it with user_xattr");
            }
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Lock(string path)
    {
        try
        {
            // FileShare.None takes flock(2), which the kernel gives back when the process ends in whatever way
            return File.OpenHandle(
                Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StoreException(
                StoreErrorCode.Internal,
                $"mountpath {path} is in use by another process; stop it first (fuser {path}/{LockFile} names it)", e);
        }
    }

    private static StoreException Refused(string message) => new(StoreErrorCode.Internal, message);

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Mountpath {Path} (label '{Label}') on {Device}, {FileSystem}")]
        public static partial void Opened(
            ILogger logger, string path, string label, string device, string fileSystem);

        [LoggerMessage(2002, LogLevel.Warning,
            "Mountpath {Path} holds objects that were placed among [{PlacedUnder}]; look-ups ask every mountpath")]
        public static partial void Unsettled(ILogger logger, string path, string placedUnder);
    }
}
