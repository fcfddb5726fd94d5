using System.CommandLine;
using Skein.Client.Objects;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Commands;

/// <summary><c>skein object</c>: <c>cat</c>, <c>mv</c>, <c>cp</c>, <c>concat</c> and <c>promote</c>.</summary>
internal static class ObjectActionCommands
{
    /// <summary>Renames an object.</summary>
    public static Command Rename(CliHost host)
    {
        var source = new Argument<string>("BUCKET/OBJECT") { Description = "Object" };
        var name = new Argument<string>("NEW_NAME") { Description = "Its new name in the same bucket" };
        var command = new DocumentedCommand("mv", "Rename an object", "skein object mv ais://photos/a.jpg 2026/a.jpg")
        {
            source, name,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (bucket, old) = Named(parsed.GetRequiredValue(source));
            using var client = EndpointFinder.Connect(host, parsed);
            var newName = parsed.GetRequiredValue(name);
            // AIStore's users also write the bucket before the new name.
            if (newName.Contains("://", StringComparison.Ordinal))
            {
                (var other, newName) = Named(newName);
                if (other != bucket)
                {
                    throw new CliException("the new name is in another bucket", "'skein object cp' copies to any bucket");
                }
            }
            await client.Objects.RenameAsync(bucket, old, newName, cancellation);
            host.Writer.WriteLine($"\"{old}\" moved to \"{newName}\"");
            return 0;
        });
        return command;
    }

    /// <summary>Writes an object to standard output.</summary>
    public static Command Cat(CliHost host)
    {
        var source = new Argument<string>("BUCKET/OBJECT") { Description = "Object" };
        var (offset, length) = (TransferOptions.Offset(), TransferOptions.Length());
        var command = new DocumentedCommand(
            "cat", "Write an object to standard output",
            "skein object cat ais://logs/all.log | less", "skein object cat ais://logs/all.log --offset 1024 --length 1024")
        {
            source, offset, length,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (bucket, name) = Named(parsed.GetRequiredValue(source));
            using var client = EndpointFinder.Connect(host, parsed);
            var range = TransferOptions.Range(parsed.GetValue(offset), parsed.GetValue(length));
            await using var download = await client.Objects.GetAsync(bucket, name, range, cancellation);
            await using var output = host.OpenOutput();
            await download.Content.CopyToAsync(output, cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>Copies an object.</summary>
    public static Command Copy(CliHost host)
    {
        var source = new Argument<string>("BUCKET/OBJECT") { Description = "Object" };
        var copy = new Argument<string>("BUCKET/COPY") { Description = "The copy, in any bucket" };
        var command = new DocumentedCommand(
            "cp", "Copy an object with its custom metadata", "skein object cp ais://photos/a.jpg ais://backup/a.jpg")
        {
            source, copy,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (bucket, name) = Named(parsed.GetRequiredValue(source));
            var (toBucket, newName) = Named(parsed.GetRequiredValue(copy));
            using var client = EndpointFinder.Connect(host, parsed);
            await client.Objects.CopyAsync(bucket, name, toBucket, newName, cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>Joins files to one object.</summary>
    public static Command Concat(CliHost host)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Files, in the order in which they are joined, and then BUCKET/OBJECT",
            Arity = new ArgumentArity(2, 100_000),
        };
        var command = new DocumentedCommand(
            "concat", "Append files to one object, visible when all are there",
            "skein object concat part1 part2 ais://logs/all.log")
        {
            files,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var words = parsed.GetRequiredValue(files);
            var (bucket, name) = Named(words[^1]);
            if (words[..^1].FirstOrDefault(file => !File.Exists(file)) is { } missing)
            {
                throw new CliException($"no such file: {missing}");
            }
            using var client = EndpointFinder.Connect(host, parsed);
            var handle = "";
            foreach (var file in words[..^1])
            {
                handle = await client.Objects.AppendAsync(
                    bucket, name, ObjectSource.FromFile(file), handle, cancellation);
            }
            await client.Objects.FlushAsync(bucket, name, handle, cancellation: cancellation);
            return 0;
        });
        return command;
    }

    /// <summary>Makes objects of files on the targets.</summary>
    public static Command Promote(CliHost host)
    {
        var path = new Argument<string>("PATH") { Description = "File or folder on the machines of the targets, absolute" };
        var destination = new Argument<string>("BUCKET[/NAME]")
        {
            Description = "Bucket, and the object's name or what the names begin with (a slash at the end)",
        };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "Take the folders below, too" };
        var overwrite = new Option<bool>("--overwrite-dst", "-o") { Description = "Replace objects that exist" };
        var delete = new Option<bool>("--delete-src") { Description = "Delete each file when it is an object" };
        var notShared = new Option<bool>("--not-file-share") { Description = "The targets never see the same files" };
        var target = new Option<string?>("--target-id") { Description = "One target only", HelpName = "TARGET" };
        var command = new DocumentedCommand(
            "promote", "Make objects of files on the machines of the targets (below their promote_roots)",
            "skein object promote /data/photos ais://photos/2026/ --recursive")
        {
            path, destination, recursive, overwrite, delete, notShared, target,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var bucket = BucketCommands.Parse(parsed.GetRequiredValue(destination), out var name);
            using var client = EndpointFinder.Connect(host, parsed);
            var job = await client.Objects.PromoteAsync(
                bucket,
                new PromoteMessage
                {
                    Source = parsed.GetRequiredValue(path),
                    ObjectName = name,
                    IsRecursive = parsed.GetValue(recursive),
                    Overwrites = parsed.GetValue(overwrite),
                    DeletesSource = parsed.GetValue(delete),
                    IsNotShared = parsed.GetValue(notShared),
                    Target = parsed.GetValue(target) ?? "",
                },
                cancellation);
            if (job.Length != 0)
            {
                host.Writer.WriteLine($"Started promote[{job}]; wait for it with '{host.Program} job wait {job}'");
            }
            return 0;
        });
        return command;
    }

    /// <summary>Reads a bucket and an object that a person typed.</summary>
    /// <exception cref="CliException">When no object is named.</exception>
    public static (BucketName Bucket, string Name) Named(string text)
    {
        var bucket = BucketCommands.Parse(text, out var name);
        return name.Length != 0
            ? (bucket, name)
            : throw new CliException($"{text} names no object", "give BUCKET/OBJECT, for example ais://photos/a.jpg");
    }
}
