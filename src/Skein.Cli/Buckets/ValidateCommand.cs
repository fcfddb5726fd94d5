using System.CommandLine;
using System.Globalization;
using Skein.Cli.Commands;
using Skein.Cli.Listing;
using Skein.Cli.Output;
using Skein.Client.Listing;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Buckets;

/// <summary><c>skein storage validate</c>: looks for objects that are not where they belong, or have too few copies.</summary>
internal static class ValidateCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host)
    {
        var what = new Argument<string?>("BUCKET")
        {
            Description = "Bucket, or a provider as ais:; all buckets without it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new DocumentedCommand(
            "validate", "Count the objects of buckets that are not where they belong, or have too few copies",
            "skein storage validate", "skein storage validate ais://photos")
        {
            what, CommonOptions.NoHeaders,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = EndpointFinder.Connect(host, parsed);
            var named = parsed.GetValue(what);
            var scope = named is null ? null : BucketScope.TryParse(named);
            IReadOnlyList<BucketName> buckets = named is not null && scope is null
                ? [BucketCommands.Parse(named)]
                : [.. (await client.Buckets.ListAsync(scope?.Provider, cancellation)).Where(one => scope?.Holds(one) ?? true)];
            var table = new TextTable().Add("BUCKET").Add("OBJECTS").Add("MISPLACED").Add("MISSING COPIES");
            foreach (var bucket in buckets)
            {
                var props = await client.Buckets.HeadAsync(bucket, cancellation) ?? throw TransferOptions.NoBucket(bucket);
                var copies = PropertyTable.Find(props, "mirror.enabled") is { ValueKind: System.Text.Json.JsonValueKind.True }
                    ? PropertyTable.Find(props, "mirror.copies")?.GetInt32() ?? 1 : 1;
                var (objects, misplaced, missing) = (0L, 0L, 0L);
                var options = new ListOptions { Properties = ["name", "status", "copies"], Flags = ListFlags.Missing };
                await foreach (var entry in client.Buckets.ListObjectsAsync(bucket, options, cancellation))
                {
                    objects++;
                    misplaced += ListColumn.IsMisplaced(entry) ? 1 : 0;
                    missing += entry.Copies < copies ? 1 : 0;
                }
                table.Row(bucket.ToString(), Number(objects), Number(misplaced), Number(missing));
            }
            table.Write(host.Writer, host.Width, !parsed.GetValue(CommonOptions.NoHeaders));
            return 0;
        });
        return command;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
