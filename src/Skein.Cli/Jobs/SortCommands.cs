using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Skein.Cli.Commands;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Cli.Jobs;

/// <summary>Commands of distributed sorts: <c>job start dsort</c> and <c>job rm</c>.</summary>
internal static class SortCommands
{
    /// <summary>Largest specification that is read, in bytes.</summary>
    private const int MaxSpecification = 1 << 20;

    /// <summary>Builds <c>start dsort</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Start(CliHost host, string shown)
    {
        var words = new Argument<string[]>("[SPEC] [SRC_BUCKET] [DST_BUCKET]")
        {
            Description = "Specification in JSON or YAML, unless --file names it; buckets in place of those that it names",
            Arity = new ArgumentArity(0, 3),
        };
        var file = new Option<string?>("--file", "-f")
        {
            Description = "File with the specification; - for standard input",
            HelpName = "FILE",
        };
        var wait = BucketJobCommands.WaitOption();
        var command = new DocumentedCommand(
            "dsort",
            "Sort the records of shards into new shards",
            shown + " -f spec.json --wait",
            shown + " -f spec.yaml ais://shards ais://sorted",
            shown + " -f - < spec.yaml",
            shown + " '{\"input_bck\": {\"name\": \"shards\"}, \"output_format\": \"new-{000..999}\", "
                + "\"output_shard_size\": \"10MB\"}'")
        {
            words, file, wait, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var given = parsed.GetValue(words) ?? [];
            var path = parsed.GetValue(file);
            if (path is null && given.Length == 0)
            {
                throw new CliException("missing specification", "give it in JSON or YAML, or a file with --file");
            }
            var text = path is null ? given[0] : await ReadAsync(host, path, cancellation);
            var specification = Parse(text, path is null ? given[1..] : given);
            using var client = EndpointFinder.Connect(host, parsed);
            var id = await client.Sorts.StartAsync(specification, cancellation);
            if (!parsed.GetValue(wait) && !parsed.GetValue(CommonOptions.Json))
            {
                host.Writer.WriteLine(id); // nothing else, as AIStore's: scripts keep it
                return 0;
            }
            return await BucketJobCommands.FinishAsync(
                host, parsed, client, (JobKinds.Sort.Name, id, "Sorting"), (parsed.GetValue(wait), false), cancellation);
        });
        return command;
    }

    /// <summary>Builds <c>rm</c>.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Remove(CliHost host, string shown)
    {
        var words = JobWords.Argument("dsort ID", "Id of a distributed sort that has ended", required: true);
        var command = new DocumentedCommand("rm", "Forget a distributed sort that has ended", shown + " dsort srt-Gx7k2Tq0b")
        {
            words, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var which = await JobWords.ReadAsync(client, parsed.GetRequiredValue(words), cancellation);
            if (which.Id.Length == 0 || (which.Kind ?? JobKinds.Sort) != JobKinds.Sort)
            {
                throw new CliException("only distributed sorts can be removed", $"write {shown} dsort ID");
            }
            await client.Sorts.RemoveAsync(which.Id, cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                Output.CliJsonContext.Write(
                    host.Writer,
                    new JobStatus { Kind = JobKinds.Sort.Name, Id = which.Id },
                    Output.CliJsonContext.Output.JobStatus);
                return 0;
            }
            host.Writer.WriteLine($"removed dsort job \"{which.Id}\"");
            return 0;
        });
        return command;
    }

    private static async Task<string> ReadAsync(CliHost host, string path, CancellationToken cancellation)
    {
        await using var input = path == "-" ? host.OpenInput() : File.OpenRead(host.FullPath(path));
        var bytes = new byte[MaxSpecification + 1];
        var length = await input.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return length <= MaxSpecification
            ? System.Text.Encoding.UTF8.GetString(bytes, 0, length)
            : throw new CliException($"{path} is larger than {MaxSpecification >> 20} MiB");
    }

    /// <summary>The specification with the buckets of the command line.</summary>
    private static byte[] Parse(string text, string[] buckets)
    {
        var specification = Specification(text);
        string[] members = ["input_bck", "output_bck"];
        if (buckets.Length > members.Length)
        {
            throw new CliException($"unknown or misplaced \"{buckets[^1]}\"");
        }
        foreach (var (member, bucket) in members.Zip(buckets))
        {
            specification[member] = JsonSerializer.SerializeToNode(
                WireBucket.From(BucketCommands.Parse(bucket)), WireJsonContext.Output.WireBucket);
        }
        return System.Text.Encoding.UTF8.GetBytes(specification.ToJsonString());
    }

    // JSON, or YAML, of which JSON that is written by hand, with names that are not quoted, is a part.
    private static JsonObject Specification(string text)
    {
        JsonNode? specification;
        try
        {
            specification = JsonNode.Parse(text);
        }
        catch (JsonException inJson)
        {
            try
            {
                specification = YamlReader.Read(text);
            }
            catch (FormatException inYaml)
            {
                throw new CliException(
                    $"failed to determine the type of the job specification, errs: ({inJson.Message}, {inYaml.Message})",
                    "write it in JSON or YAML, as docs/reference/dsort.md shows");
            }
        }
        return specification as JsonObject
            ?? throw new CliException("the specification has no members", "write it in JSON or YAML");
    }
}
