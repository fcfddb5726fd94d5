using System.CommandLine;
using System.Text.Json;
using Skein.Cli.Commands;
using Skein.Cli.Output;
using Skein.Client;
using Skein.Core.Buckets;

namespace Skein.Cli.Buckets;

/// <summary><c>skein bucket props</c> and <c>skein bucket show</c>.</summary>
internal static class BucketPropsCommands
{
    private const string LruSection = "lru";

    private static readonly PerTree<Argument<string>> BucketArgument = new(
        () => new("BUCKET") { Description = "Bucket, for example ais://photos" });

    private static Argument<string> Bucket => BucketArgument.Value;

    /// <summary>Builds <c>bucket props</c>.</summary>
    public static Command Create(CliHost host) => new DocumentedCommand(
        "props",
        "Show, set and reset the properties of a bucket",
        "skein bucket props show ais://photos",
        "skein bucket props set ais://photos mirror.enabled=true mirror.copies=2",
        "skein bucket props reset ais://photos")
    {
        Show(host, "show", "skein bucket props show"),
        Set(host),
        Reset(host),
    };

    /// <summary>Builds <c>bucket props show</c>, which is also <c>bucket show</c> and <c>show bucket</c>.</summary>
    public static Command Show(CliHost host, string name, string shown)
    {
        var section = new Argument<string?>("SECTION")
        {
            Description = "Only this section or property, for example mirror",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var compact = new Option<bool>("--compact", "-c") { Description = "One line for each section" };
        var command = new DocumentedCommand(
            name, "Show the properties of a bucket",
            $"{shown} ais://photos", $"{shown} ais://photos mirror", $"{shown} ais://photos --compact")
        {
            Bucket, section, compact, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var bucket = BucketCommands.Parse(parsed.GetRequiredValue(Bucket));
            var chosen = parsed.GetValue(section) ?? "";
            using var client = EndpointFinder.Connect(host, parsed);
            var props = await HeadAsync(client, bucket, cancellation);
            return ShowPart(host, parsed, props, chosen, parsed.GetValue(compact));
        });
        return command;
    }

    private static int ShowPart(CliHost host, ParseResult parsed, JsonElement props, string chosen, bool compact)
    {
        if (parsed.GetValue(CommonOptions.Json))
        {
            var part = chosen.Length == 0 ? props : PropertyTable.Find(props, chosen) ?? throw Unknown(chosen);
            CliJsonContext.Write(host.Writer, part, CliJsonContext.Output.JsonElement);
            return 0;
        }
        var pairs = PropertyTable.Below(BucketPropsText.Of(props, compact && chosen.Length == 0), chosen);
        if (pairs.Count == 0)
        {
            throw Unknown(chosen);
        }
        PropertyTable.Write(host, pairs, !parsed.GetValue(CommonOptions.NoHeaders));
        return 0;
    }

    private static DocumentedCommand Set(CliHost host)
    {
        var words = new Argument<string[]>("KEY=VALUE")
        {
            Description = "New values, as KEY=VALUE or KEY VALUE; or one JSON object",
            Arity = ArgumentArity.OneOrMore,
            Validators = { CommonOptions.RefuseOptions },
        };
        var command = new DocumentedCommand(
            "set", "Change properties of a bucket",
            "skein bucket props set ais://photos mirror.enabled=true mirror.copies=2",
            "skein bucket props set ais://photos access=ro",
            "skein bucket props set ais://photos backend_bck=s3://photos",
            "skein bucket props set ais://photos '{\"versioning\": {\"enabled\": false}}'")
        {
            Bucket, words,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var bucket = BucketCommands.Parse(parsed.GetRequiredValue(Bucket));
            var json = BucketPropsInput.Read(parsed.GetRequiredValue(words));
            using var client = EndpointFinder.Connect(host, parsed);
            return await SetAsync(host, client, bucket, json, cancellation);
        });
        return command;
    }

    /// <summary>Builds <c>bucket lru</c>.</summary>
    public static Command Lru(CliHost host)
    {
        var enable = new Option<bool>("--enable") { Description = "Let objects be evicted when space runs out" };
        var disable = new Option<bool>("--disable") { Description = "Evict none" };
        var command = new DocumentedCommand(
            "lru", "Show whether objects of a bucket are evicted when space runs out, and change it",
            "skein bucket lru ais://photos", "skein bucket lru ais://photos --enable", "skein bucket lru ais://photos --disable")
        {
            Bucket, enable, disable, CommonOptions.NoHeaders, CommonOptions.Json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var bucket = BucketCommands.Parse(parsed.GetRequiredValue(Bucket));
            var (on, off) = (parsed.GetValue(enable), parsed.GetValue(disable));
            if (on && off)
            {
                throw new CliException("--enable and --disable are both given", "give one of them");
            }
            using var client = EndpointFinder.Connect(host, parsed);
            var props = await HeadAsync(client, bucket, cancellation);
            if (!on && !off)
            {
                return ShowPart(host, parsed, props, LruSection, compact: false);
            }
            if (PropertyTable.Find(props, LruSection + ".enabled") is { } now
                && now.ValueKind == (on ? JsonValueKind.True : JsonValueKind.False))
            {
                host.Writer.WriteLine($"Bucket \"{bucket}\": LRU is already {(on ? "enabled" : "disabled")}, nothing to do");
                return 0;
            }
            return await SetAsync(
                host, client, bucket, BucketPropsInput.Read([$"{LruSection}.enabled={(on ? "true" : "false")}"]), cancellation);
        });
        return command;
    }

    private static async Task<int> SetAsync(
        CliHost host, SkeinClient client, BucketName bucket, JsonElement json, CancellationToken cancellation)
    {
        var before = BucketPropsText.Of(await HeadAsync(client, bucket, cancellation), compact: false);
        await client.Buckets.SetPropsAsync(bucket, json, cancellation);
        var after = BucketPropsText.Of(await HeadAsync(client, bucket, cancellation), compact: false);
        var was = before.ToDictionary();
        var changed = after.Where(pair => was.GetValueOrDefault(pair.Key, "") != pair.Value).ToList();
        if (changed.Count == 0)
        {
            host.Writer.WriteLine($"Bucket \"{bucket}\" has the same values of the specified props, nothing to do");
            return 0;
        }
        foreach (var (key, value) in changed)
        {
            host.Writer.WriteLine($"\"{key}\" set to: \"{value}\" (was: \"{was.GetValueOrDefault(key, "")}\")");
        }
        host.Writer.WriteLine();
        host.Writer.WriteLine("Bucket props successfully updated.");
        return 0;
    }

    private static DocumentedCommand Reset(CliHost host)
    {
        var command = new DocumentedCommand(
            "reset", "Give a bucket the properties of a new one", "skein bucket props reset ais://photos")
        {
            Bucket,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var bucket = BucketCommands.Parse(parsed.GetRequiredValue(Bucket));
            using var client = EndpointFinder.Connect(host, parsed);
            await client.Buckets.SetPropsAsync(bucket, null, cancellation);
            host.Writer.WriteLine("Bucket props successfully reset.");
            return 0;
        });
        return command;
    }

    private static async Task<JsonElement> HeadAsync(SkeinClient client, BucketName bucket, CancellationToken cancellation) =>
        await client.Buckets.HeadAsync(bucket, cancellation) ?? throw TransferOptions.NoBucket(bucket);

    private static CliException Unknown(string section) => new(
        $"unknown property \"{section}\"", "'skein bucket props show BUCKET' shows all properties");
}
