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
        foreach (var mountpath in mountpaths.All)
        {
            var capacity = mountpath.Capacity();
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
            PercentAverage = sum / mountpaths.All.Count,
            PercentMin = least,
        };
    }

    /// <summary>The mountpaths by state: all are in use.</summary>
    public static MountpathLists Lists(MountpathSet mountpaths) =>
        new() { Available = [.. mountpaths.All.Select(mountpath => mountpath.Path).Order(StringComparer.Ordinal)] };

    private static string DeviceName(Mountpath mountpath)
    {
        var name = mountpath.FileSystem.Name;
        return name[(name.LastIndexOf('/') + 1)..];
    }
}
