using System.Globalization;
using System.Runtime.InteropServices;
using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;
using Skein.DataPath.Rows;
using Skein.TestKit.Clusters;

namespace Skein.DataPath;

/// <summary>Runs the areas that are asked for, one after the other.</summary>
internal sealed class DataPathBench(DataPathOptions options, Report report)
{
    public async Task RunAsync()
    {
        await DescribeAsync();
        if (Has(DataPathOptions.Get) || Has(DataPathOptions.Put) || Has(DataPathOptions.Redirect))
        {
            await CompareAsync();
        }
        if (Has(DataPathOptions.Durable))
        {
            await new DurableRows(options, report).RunAsync();
        }
        if (Has(DataPathOptions.List))
        {
            await new ListRows(options, report).RunAsync();
        }
        if (Has(DataPathOptions.Start))
        {
            await new StartRows(options, report).RunAsync();
        }
        if (Has(DataPathOptions.Memory))
        {
            await new MemoryRows(options, report).RunAsync();
        }
    }

    private bool Has(string area) => options.Areas.Contains(area);

    private async Task CompareAsync()
    {
        await using var scene = await Scene.StartAsync(report);
        var race = new Race(options, scene.Folder);
        if (Has(DataPathOptions.Get))
        {
            await new GetRows(scene, race, report).RunAsync();
            await new WholeReadRows(scene, race, report).RunAsync();
        }
        if (Has(DataPathOptions.Put))
        {
            await new PutRows(scene, race, report).RunAsync();
        }
        if (Has(DataPathOptions.Redirect))
        {
            await new RedirectRows(scene, race, report).RunAsync();
        }
    }

    private async Task DescribeAsync()
    {
        var processor = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal), ": unknown processor")
            .Split(':')[1].Trim();
        report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores of {processor}, ")
            + $"{RuntimeInformation.OSDescription}");
        var version = await ProgramRun.RunAsync(Programs.Skeind, ["-version"]);
        report.Note($"{version.Succeeded().Output.Trim()}, {Build()}");
        report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"medians of {options.Repetitions} runs of {options.Seconds} s, the servers in turn"));
    }

    /// <summary>How the program was compiled; beside one that is compiled ahead of time there are no assemblies.</summary>
    private static string Build()
    {
        var program = File.ResolveLinkTarget(Programs.Skeind, returnFinalTarget: true)?.FullName ?? Programs.Skeind;
        return File.Exists(Path.Combine(Path.GetDirectoryName(program)!, "Skein.Core.dll"))
            ? Programs.IsPublished ? "ready to run" : "not published"
            : "compiled ahead of time";
    }
}
