using System.CommandLine;
using Skein.Cli.Commands;

namespace Skein.Cli.Archives;

/// <summary><c>skein archive</c>: archives of files, also called shards.</summary>
internal static class ArchiveCommands
{
    private const string Shown = "skein archive";

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "archive",
        "Make, read and list archives (.tar, .tgz, .tar.gz, .zip, .tar.lz4) and the files in them",
        Shown + " put ./photos ais://shards/photos.tar --append-or-put",
        Shown + " bucket ais://photos ais://shards/photos.tar --wait",
        Shown + " ls ais://shards",
        Shown + " get ais://shards/photos.tar /tmp/out",
        Shown + " gen-shards \"ais://shards/shard-{0..9}.tar\"")
    {
        ArchiveBucketCommand.Create(host, Shown + " bucket"),
        ArchivePutCommand.Create(host, Shown + " put"),
        GetCommand.CreateForArchives(host, Shown + " get"),
        ListCommand.CreateForArchives(host, Shown + " ls"),
        GenerateShardsCommand.Create(host, Shown + " gen-shards"),
    };
}
