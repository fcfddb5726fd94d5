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
        var registry = options.StateFile is { } file ? MountpathRegistry.Read(file, options.NodeId) : null;
        var records = Merge(Clean(paths), registry, logger);
        var open = new Dictionary<string, Mountpath>(StringComparer.Ordinal);
        try
        {
            for (var i = 0; i < records.Count; i++)
            {
                OpenRecord(records, i, open, registry is not null, options, logger);
            }
            OpenKnown(records, open, registry is not null, options, logger);
            var view = View(records, open, registry);
            foreach (var mountpath in view.Readable)
            {
                Log.Opened(logger, mountpath.Path, mountpath.Label, mountpath.FileSystem.Name, mountpath.FileSystem.Type);
            }
            if (!view.IsSettled)
            {
                Log.Unsettled(logger, string.Join(", ", view.Sets.SelectMany(s => s).Distinct()));
            }
            var set = new MountpathSet(view, options, logger);
            set.Swap(view);
            MountpathIdentities.Update(view, logger);
            return set;
        }
        catch
        {
            foreach (var mountpath in open.Values)
            {
                mountpath.Lock.Dispose();
            }
            throw;
        }
    }

    /// <summary>Verifies, identifies and locks one mountpath.</summary>
    /// <exception cref="StoreException">When it cannot be used.</exception>
    public static Mountpath OpenOne(MountpathRecord record, IEnumerable<MountpathRecord> others, MountpathOptions options)
    {
        if (record.Id.Length != 0 && !Path.Exists(record.Path))
        {
            throw Refused($"mountpath {record.Path} does not exist; mount the disk {record.Id} that was used there before");
        }
        Probe(record.Path, options.CreateMissing);
        var held = Lock(record.Path);
        try
        {
            var identity = MountpathIdentity.ReadOrCreate(record.Path, options.NodeId, record.Id, others);
            return new Mountpath(record.Path, record.Label, identity, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a path that cannot be a mountpath beside the others.</summary>
    /// <returns>The path without a slash at its end.</returns>
    public static string Check(string path, IEnumerable<string> others)
    {
        if (path.Length == 0)
        {
            throw Invalid("mountpath is not defined");
        }
        if (!Path.IsPathRooted(path))
        {
            throw new StoreException(
                StoreErrorCode.InvalidMountpath, $"mountpath \"{path}\" is not an absolute path");
        }
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (full == "/")
        {
            throw Invalid("mountpath \"/\" is the root of the file system; use a folder of its own");
        }
        foreach (var other in others)
        {
            if (IsInside(full, other) || IsInside(other, full))
            {
                throw Invalid($"mountpath {full} and mountpath {other} lie inside one another");
            }
        }
        return full;
    }

    /// <summary>What is configured and what is remembered, in one list.</summary>
    private static List<MountpathRecord> Merge(
        List<(string Path, string Label)> configured, MountpathRegistry? registry, ILogger logger)
    {
        var records = new List<MountpathRecord>();
        foreach (var (path, label) in configured)
        {
            var known = registry?.Mountpaths.FirstOrDefault(r => r.Path == path);
            records.Add(known ?? MountpathRecord.Of(path, label, ""));
            if (known?.State == MountpathState.Detached)
            {
                Log.StaysDetached(logger, path);
            }
        }
        foreach (var known in registry?.Mountpaths ?? [])
        {
            if (known.State != MountpathState.Detached && records.TrueForAll(r => r.Path != known.Path))
            {
                records.Add(known);
            }
        }
        return records;
    }

    private static void OpenRecord(
        List<MountpathRecord> records, int i, Dictionary<string, Mountpath> open, bool isRemembered,
        MountpathOptions options, ILogger logger)
    {
        var record = records[i];
        if (record.State is MountpathState.Disabled or MountpathState.Detached)
        {
            return;
        }
        try
        {
            open[record.Path] = OpenOne(record, records.Where(r => r.Path != record.Path), options);
            var state = record.State == MountpathState.Faulty ? MountpathState.Available : record.State;
            records[i] = record with { Id = open[record.Path].Id, State = state, Reason = "", MayHoldObjects = false };
        }
        catch (Exception e) when (e is StoreException { Code: not StoreErrorCode.Busy } or IOException
            or UnauthorizedAccessException)
        {
            if (!isRemembered && records.Count == 1)
            {
                throw; // the configuration is wrong: there is nothing to serve
            }
            Log.OutOfService(logger, record.Path, e.Message);
            records[i] = record with
            {
                State = MountpathState.Faulty,
                Reason = e.Message,
                MayHoldObjects = record.Id.Length != 0 && (record.IsReadable || record.MayHoldObjects),
            };
        }
    }

    /// <summary>Where nothing is remembered: opens what the disks say of the others.</summary>
    private static void OpenKnown(
        List<MountpathRecord> records, Dictionary<string, Mountpath> open, bool isRemembered, MountpathOptions options,
        ILogger logger)
    {
        var known = isRemembered ? [] : open.Values.SelectMany(m => m.Identity.KnownPaths ?? []).Distinct().ToList();
        foreach (var path in known.Where(p => records.TrueForAll(r => r.Path != p)))
        {
            records.Add(MountpathRecord.Of(path, "", ""));
            OpenRecord(records, records.Count - 1, open, isRemembered: true, options with { CreateMissing = false }, logger);
        }
    }

    private static MountpathView View(
        List<MountpathRecord> records, Dictionary<string, Mountpath> open, MountpathRegistry? registry)
    {
        if (registry is not null)
        {
            return new MountpathView(records, open, registry.Sets, registry.Anywhere);
        }
        if (open.Count == 0)
        {
            throw Refused(string.Join("; ", records.Select(r => r.Reason)));
        }
        // Nothing is remembered: what the disks say of the others is all there is.
        var identities = open.Values.Select(m => m.Identity).ToList();
        var known = identities.SelectMany(i => i.KnownPaths ?? i.PlacedUnder).ToHashSet(StringComparer.Ordinal);
        var lost = false;
        for (var i = 0; i < records.Count; i++)
        {
            if (!records[i].IsReadable && known.Contains(records[i].Path))
            {
                records[i] = records[i] with { MayHoldObjects = true };
                lost = true;
            }
        }
        foreach (var path in known.Where(p => records.TrueForAll(r => r.Path != p)))
        {
            records.Add(new MountpathRecord(
                path, "", "", MountpathState.Faulty, "it was in use before and is not configured any more", true));
            lost = true;
        }
        var sets = identities.Select(i => i.PlacedUnder.Order(StringComparer.Ordinal).ToArray())
            .Where(s => s.Length != 0).DistinctBy(s => string.Join('\n', s)).ToArray();
        return new MountpathView(records, open, sets, lost);
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
            var full = Check(path, cleaned.Select(c => c.Path));
            if (cleaned.Exists(c => c.Path == full))
            {
                throw Refused($"mountpath {full} is configured twice");
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
        catch (IOException e) when (e.HResult == Errno.WouldBlock)
        {
            throw new StoreException(
                StoreErrorCode.Busy,
                $"mountpath {path} is in use by another process; stop it first (fuser {path}/{LockFile} names it)", e);
        }
    }

    private static StoreException Refused(string message) => new(StoreErrorCode.Internal, message);

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidRequest, message);

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Mountpath {Path} (label '{Label}') on {Device}, {FileSystem}")]
        public static partial void Opened(
            ILogger logger, string path, string label, string device, string fileSystem);

        [LoggerMessage(2002, LogLevel.Warning,
            "Objects were placed among [{Paths}] and may not lie where they belong; look-ups ask every mountpath")]
        public static partial void Unsettled(ILogger logger, string paths);

        [LoggerMessage(2003, LogLevel.Error, "Mountpath {Path} is OUT OF SERVICE: {Reason}")]
        public static partial void OutOfService(ILogger logger, string path, string reason);

        [LoggerMessage(2004, LogLevel.Warning,
            "Mountpath {Path} is configured, but was detached by an operator and stays so; attach it to use it again")]
        public static partial void StaysDetached(ILogger logger, string path);
    }
}
