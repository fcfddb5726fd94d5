using System.CommandLine;
using Skein.Cli.Objects;

namespace Skein.Cli.Commands;

/// <summary><c>skein object</c>: the long names of <c>put</c>, <c>get</c>, <c>rmo</c>, and what has no short one.</summary>
internal static class ObjectCommands
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "object",
        "Store, read, rename, copy and delete objects",
        "skein object put photo.jpg ais://photos",
        "skein object get ais://photos/photo.jpg",
        "skein object rm ais://photos/photo.jpg")
    {
        PutCommand.Create(host, "put"),
        GetCommand.Create(host, "get"),
        RemoveObjectsCommand.Create(host, "rm"),
        ObjectShowCommand.Create(host, "show", "skein object show"),
        SetCustomCommand.Create(host),
        RemoteObjectCommands.Prefetch(host, "skein object prefetch"),
        RemoteObjectCommands.Evict(host, "skein object evict"),
        ObjectActionCommands.Cat(host),
        ObjectActionCommands.Rename(host),
        ObjectActionCommands.Copy(host),
        ObjectActionCommands.Concat(host),
        ObjectActionCommands.Promote(host),
    };
}
