using System.CommandLine;

namespace Skein.Cli.Commands;

/// <summary><c>skein object</c>: the long names of <c>put</c>, <c>get</c>, <c>rmo</c>.</summary>
internal static class ObjectCommands
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "object",
        "Store, read and delete objects",
        "skein object put photo.jpg ais://photos",
        "skein object get ais://photos/photo.jpg",
        "skein object rm ais://photos/photo.jpg")
    {
        PutCommand.Create(host, "put"),
        GetCommand.Create(host, "get"),
        RemoveObjectsCommand.Create(host, "rm"),
    };
}
