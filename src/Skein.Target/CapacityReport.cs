using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Storage.Mountpaths;

namespace Skein.Target;

/// <summary>Space on a target's mountpaths, in AIStore's terms.</summary>
public static class CapacityReport
{
    /// <summary>Asks every file system once.</summary>
    public static TargetCapacity Read(MountpathSet mountpaths)
    {
        var byPath = new SortedDictionary<string, Core.Wire.MountpathCapacity>(StringComparer.Ordinal);
        var counted = new HashSet<string>(StringComparer.Ordinal);
        var (used, available, sum, least, most) = (0L, 0L, 0, 100, 0);
        var problem = string.Join("; ", mountpaths.View.Records
            .Where(r => r.State == MountpathState.Faulty).Select(r => $"mountpath {r.Path} is out of service: {r.Reason}"));
        foreach (var mountpath in mountpaths.All)
        {
            Storage.Mountpaths.MountpathCapacity capacity;
            try
            {
                capacity = mountpath.Capacity();
            }
            catch (StoreException e)
            {
                problem = e.Message;
                continue;
            }
            var percent = capacity.PercentUsed;
            (sum, least, most) = (sum + percent, Math.Min(least, percent), Math.Max(most, percent));
            if (counted.Add(mountpath.FileSystem.MountPoint))
            {
                used += capacity.UsedBytes;
                available += capacity.AvailableBytes;
            }
            byPath[mountpath.Path] = new Core.Wire.MountpathCapacity
            {
                Used = capacity.UsedBytes,
                Available = capacity.AvailableBytes,
                PercentUsed = percent,
                Disks = [DeviceName(mountpath)],
                Label = mountpath.Label,
                FileSystem = new Core.Wire.FileSystemInfo
                {
                    Device = mountpath.FileSystem.Name,
                    Type = mountpath.FileSystem.Type,
                    Id = mountpath.Id,
                },
            };
        }
        return new TargetCapacity
        {
            Mountpaths = byPath,
            TotalUsed = used,
            TotalAvailable = available,
            PercentMax = most,
            PercentAverage = byPath.Count == 0 ? 0 : sum / byPath.Count,
            PercentMin = byPath.Count == 0 ? 0 : least,
            Problem = problem,
        };
    }

    /// <summary>The mountpaths by state; those that are out of service for whatever reason count as disabled.</summary>
    public static MountpathLists Lists(MountpathSet mountpaths)
    {
        var records = mountpaths.View.Records;
        return new MountpathLists
        {
            Available = Paths(records.Where(r => r.State == MountpathState.Available)),
            Waiting = Paths(records.Where(r => r.IsWaiting)),
            Disabled = Paths(records.Where(r => r.State is MountpathState.Disabled or MountpathState.Faulty)),
        };
    }

    private static List<string> Paths(IEnumerable<MountpathRecord> records) =>
        [.. records.Select(r => r.Path).Order(StringComparer.Ordinal)];

    /// <summary>Name of the disk below a mountpath, as in <c>nvme0n1</c>.</summary>
    internal static string DeviceName(Mountpath mountpath)
    {
        var name = mountpath.FileSystem.Name;
        return name[(name.LastIndexOf('/') + 1)..];
    }
}
