using System.Globalization;
using Skein.Cli.Output;
using Skein.Core.Wire;

namespace Skein.Cli.Storage;

/// <summary>Prints the storage of targets.</summary>
internal static class StoragePrinter
{
    /// <summary>What the disks do.</summary>
    public static void Disks(CliHost host, StorageDocument document, bool headings)
    {
        var table = new TextTable("-").Add("TARGET").Add("DISK").Add("READ").Add("READ(avg size)", optional: true)
            .Add("WRITE").Add("WRITE(avg size)", optional: true).Add("UTIL(%)");
        foreach (var (id, storage) in document.Targets)
        {
            foreach (var (disk, rates) in storage.Disks)
            {
                Row(host, table, $"t[{id}]", disk, rates);
            }
        }
        var all = document.Targets.Values.SelectMany(storage => storage.Disks.Values).ToList();
        if (all.Count > 1)
        {
            Row(host, table, "--- Cluster:", "", new DiskRates
            {
                ReadPerSecond = all.Sum(rates => rates.ReadPerSecond),
                AverageRead = (long)all.Average(rates => rates.AverageRead),
                WrittenPerSecond = all.Sum(rates => rates.WrittenPerSecond),
                AverageWrite = (long)all.Average(rates => rates.AverageWrite),
                Utilization = (long)all.Average(rates => rates.Utilization),
            });
        }
        table.Write(host.Writer, host.Width, headings);
        Offline(host, document);
    }

    /// <summary>How full the mountpaths are.</summary>
    public static void Capacity(CliHost host, StorageDocument document, bool headings)
    {
        var table = new TextTable("-").Add("TARGET").Add("MOUNTPATHS").Add("USED(min%, avg%, max%)").Add("CAP AVAIL")
            .Add("Disks & File System", optional: true).Add("CAP STATUS");
        foreach (var (id, storage) in document.Targets)
        {
            var capacity = storage.Capacity;
            var systems = (capacity.Mountpaths ?? []).Values.Select(Shown).Distinct();
            table.Row(
                $"t[{id}]",
                storage.Mountpaths.Available.Count.ToString(CultureInfo.InvariantCulture),
                $"{capacity.PercentMin}%  {capacity.PercentAverage}%  {capacity.PercentMax}%",
                host.Size(capacity.TotalAvailable),
                string.Join(", ", systems),
                capacity.Problem.Length == 0 ? "good" : capacity.Problem);
        }
        table.Write(host.Writer, host.Width, headings);
        Offline(host, document);
    }

    /// <summary>The mountpaths with their file systems and states.</summary>
    public static void Mountpaths(CliHost host, StorageDocument document, bool headings)
    {
        foreach (var (id, storage) in document.Targets)
        {
            var capacity = storage.Capacity;
            host.Writer.WriteLine(id);
            if (headings)
            {
                host.Writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  Used: min={capacity.PercentMin}%, avg={capacity.PercentAverage}%, max={capacity.PercentMax}%"));
            }
            foreach (var path in storage.Mountpaths.Available)
            {
                Line(path, "");
            }
            foreach (var path in storage.Mountpaths.Waiting)
            {
                Line(path, " (its objects are being moved, then it is out of service)");
            }
            foreach (var path in storage.Mountpaths.Disabled)
            {
                Line(path, " (disabled)");
            }
            if (capacity.Problem.Length != 0)
            {
                host.Writer.WriteLine($"    {capacity.Problem}");
            }

            void Line(string path, string state)
            {
                var known = capacity.Mountpaths?.GetValueOrDefault(path);
                var label = known is { Label.Length: > 0 } ? $" label={known.Label}" : "";
                host.Writer.WriteLine($"    {path}{(known is null ? "" : " " + Shown(known))}{label}{state}");
            }
        }
        Offline(host, document);
    }

    private static string Shown(MountpathCapacity capacity) =>
        $"{capacity.FileSystem.Device}({capacity.FileSystem.Type})";

    private static void Row(CliHost host, TextTable table, string target, string disk, DiskRates rates) => table.Row(
        target,
        disk,
        host.Size(rates.ReadPerSecond) + "/s",
        host.Size(rates.AverageRead),
        host.Size(rates.WrittenPerSecond) + "/s",
        host.Size(rates.AverageWrite),
        rates.Utilization.ToString(CultureInfo.InvariantCulture) + "%");

    private static void Offline(CliHost host, StorageDocument document)
    {
        foreach (var (id, reason) in document.Offline)
        {
            host.Writer.WriteLine($"t[{id}] does not answer: {reason}");
        }
    }
}
