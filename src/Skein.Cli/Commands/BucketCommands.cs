using System.CommandLine;
using System.Text.Json;
using Skein.Cli.Buckets;
using Skein.Cli.Jobs;
using Skein.Cli.Objects;
using Skein.Cli.Output;
using Skein.Cli.Playground;
using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Cli.Commands;

/// <summary><c>skein bucket</c> and its shorter names <c>create</c>, <c>rmb</c> and <c>ls</c>.</summary>
internal static class BucketCommands
{
    private static readonly PerTree<Argument<string[]>> BucketsArgument = new(() => new("BUCKET")
    {
        Description = "Bucket, for example ais://photos",
        Arity = ArgumentArity.OneOrMore,
    });

    private static Argument<string[]> Buckets => BucketsArgument.Value;

    /// <summary>Builds <c>skein bucket</c>.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "bucket",
        "Create, remove, list, copy and rename buckets",
        "skein bucket create ais://photos",
        "skein bucket ls",
        "skein bucket rm ais://photos")
    {
        Creation(host, "create"),
        Removal(host, "rm"),
        BucketJobCommands.Copy(host, "skein bucket cp"),
        BucketJobCommands.Move(host, "skein bucket mv"),
        SummaryCommand.Create(host, "skein bucket summary"),
        BucketPropsCommands.Create(host),
        BucketPropsCommands.Show(host, "show", "skein bucket show"),
        BucketPropsCommands.Lru(host),
        RemoteObjectCommands.Evict(host, "skein bucket evict"),
        ListCommand.Create(host, "ls"),
    };

    /// <summary>Builds <c>create</c>.</summary>
    public static Command Creation(CliHost host, string name)
    {
        var props = new Option<string[]>("--props", "-p")
        {
            Description = "Properties, section.key=value; may be repeated; or one JSON object",
            HelpName = "KEY=VALUE",
            AllowMultipleArgumentsPerToken = true,
        };
        var ignore = new Option<bool>("--ignore-error") { Description = "A bucket that exists is no error" };
        var skip = new Option<bool>("--skip-lookup")
        {
            Description = "Do not ask the home of a remote bucket whether it exists",
        };
        var command = new DocumentedCommand(
            name,
            "Create buckets",
            $"skein {name} ais://photos",
            $"skein {name} ais://a ais://b --ignore-error",
            $"skein {name} ais://photos --props checksum.type=md5 mirror.enabled=true mirror.copies=2")
        {
            Buckets, props, ignore, skip, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var words = parsed.GetValue(props) ?? [];
            JsonElement? settings = words.Length == 0 ? null : BucketPropsInput.Read(words);
            var names = parsed.GetRequiredValue(Buckets).Select(Parse).ToList();
            using var client = EndpointFinder.Connect(host, parsed);
            var created = new List<string>();
            foreach (var bucket in names)
            {
                try
                {
                    await client.Buckets.CreateAsync(bucket, settings, parsed.GetValue(skip), cancellation);
                    created.Add(bucket.ToString());
                }
                catch (Client.SkeinException e) when (e.IsConflict && parsed.GetValue(ignore))
                {
                    continue;
                }
                if (!parsed.GetValue(CommonOptions.Json))
                {
                    host.Writer.WriteLine($"\"{bucket}\" created");
                }
            }
            WriteJson(host, parsed, "created", created);
            return 0;
        });
        return command;
    }

    /// <summary>Builds <c>rm</c>.</summary>
    public static Command Removal(CliHost host, string name)
    {
        var ignore = new Option<bool>("--ignore-error") { Description = "A bucket that does not exist is no error" };
        var command = new DocumentedCommand(
            name,
            "Destroy buckets with everything in them",
            $"skein {name} ais://photos",
            $"skein {name} ais://a ais://b --yes")
        {
            Buckets, ignore, CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var names = parsed.GetRequiredValue(Buckets).Select(Parse).ToList();
            Confirmation.Require(host, parsed, $"Destroy {string.Join(", ", names)} and all objects in it?");
            using var client = EndpointFinder.Connect(host, parsed);
            var destroyed = new List<string>();
            foreach (var bucket in names)
            {
                try
                {
                    await client.Buckets.DestroyAsync(bucket, cancellation);
                    destroyed.Add(bucket.ToString());
                }
                catch (Client.SkeinException e) when (e.IsNotFound && parsed.GetValue(ignore))
                {
                    continue;
                }
                if (!parsed.GetValue(CommonOptions.Json))
                {
                    host.Writer.WriteLine($"\"{bucket}\" destroyed");
                }
            }
            WriteJson(host, parsed, "destroyed", destroyed);
            return 0;
        });
        return command;
    }

    /// <summary>Reads a bucket that a person typed; an object name is refused.</summary>
    /// <exception cref="CliException">When it is none.</exception>
    public static BucketName Parse(string text)
    {
        var bucket = Parse(text, out var objectName);
        return objectName.Length == 0
            ? bucket
            : throw new CliException($"\"{text}\" names an object; a bucket is expected, for example {bucket}");
    }

    /// <summary>Reads a bucket and what follows it.</summary>
    /// <exception cref="CliException">When it is none.</exception>
    public static BucketName Parse(string text, out string objectName)
    {
        try
        {
            return BucketName.ParseUri(text, out objectName);
        }
        catch (StoreException e)
        {
            throw new CliException($"invalid bucket \"{text}\": {e.Message}", "write it as ais://bucket");
        }
    }

    private static void WriteJson(CliHost host, ParseResult parsed, string action, List<string> names)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            var document = new NamesDocument { Action = action, Names = names };
            CliJsonContext.Write(host.Writer, document, CliJsonContext.Output.NamesDocument);
        }
    }
}
