using System.CommandLine;
using Skein.Cli.Buckets;
using Skein.Cli.Commands;
using Skein.Cli.Jobs;
using Skein.Cli.Output;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Cli.Storage;

/// <summary><c>skein storage</c>: mountpaths come and go; and <c>skein show storage</c>.</summary>
internal static class StorageCommands
{
    /// <summary>Builds <c>skein storage</c>.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "storage",
        "Show and change the mountpaths of targets",
        "skein storage mountpath show",
        "skein storage mountpath attach target01=/mnt/disk5",
        "skein storage mountpath detach target01=/mnt/disk5",
        "skein storage cleanup")
    {
        MountpathCommands.Create(host),
        Cleanup(host),
        SummaryCommand.Create(host, "skein storage summary"),
        ValidateCommand.Create(host),
        StorageShowCommand.Create(host, "disk", "Show what the disks do at the moment", "skein storage", StoragePrinter.Disks),
        StorageShowCommand.Create(
            host, "capacity", "Show how full the mountpaths are", "skein storage", StoragePrinter.Capacity),
        Show(host, "skein storage show"),
    };

    /// <summary>Builds <c>skein show storage</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples; its last word is the name.</param>
    public static Command Show(CliHost host, string shown = "skein show storage")
    {
        var command = new DocumentedCommand(
            shown[(shown.LastIndexOf(' ') + 1)..],
            "Show the disks, the mountpaths and the capacity of targets",
            shown,
            shown + " disk target01",
            shown + " mountpath",
            shown + " capacity --json")
        {
            StorageShowCommand.Create(host, "disk", "Show what the disks do at the moment", shown, StoragePrinter.Disks),
            StorageShowCommand.Create(
                host, "mountpath", "Show the mountpaths, their file systems and states", shown, StoragePrinter.Mountpaths),
            StorageShowCommand.Create(
                host, "capacity", "Show how full the mountpaths are", shown, StoragePrinter.Capacity),
            SummaryCommand.Create(host, $"{shown} summary"),
            RepeatOptions.Refresh,
            RepeatOptions.Count,
            CommonOptions.NoHeaders,
            CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) =>
            StorageShowCommand.RunAsync(host, parsed, null, StoragePrinter.Disks, cancellation));
        return command;
    }

    private static DocumentedCommand Cleanup(CliHost host)
    {
        var force = new Option<bool>("--force", "-f") { Description = "Remove also what is young" };
        var wait = BucketJobCommands.WaitOption();
        var command = new DocumentedCommand(
            "cleanup",
            "Remove what belongs to no object: leftovers of writes that failed, and of buckets that are gone",
            "skein storage cleanup",
            "skein storage cleanup --json")
        {
            force, wait, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var message = new JobMessage { Kind = JobKinds.Cleanup.Name, Force = parsed.GetValue(force) ? true : null };
            var id = await client.Jobs.StartAsync(message, cancellation);
            if (parsed.GetValue(wait))
            {
                return await BucketJobCommands.FinishAsync(
                    host, parsed, client, (message.Kind, id, "Cleanup"), (Waits: true, ShowsProgress: false), cancellation);
            }
            if (parsed.GetValue(CommonOptions.Json))
            {
                var started = new NamesDocument { Action = "started", Names = [id] };
                CliJsonContext.Write(host.Writer, started, CliJsonContext.Output.NamesDocument);
            }
            else
            {
                host.Writer.WriteLine(
                    $"Started {JobKinds.Cleanup.Name}[{id}]. To monitor the progress, run '{host.Program} show job {id}'");
            }
            return 0;
        });
        return command;
    }
}
