using System.CommandLine;
using System.Globalization;
using Skein.Cli.Commands;
using Skein.Cli.Transfers;
using Skein.Client;
using Skein.Core.Archives;
using Skein.Core.Errors;
using Skein.Core.Objects;

namespace Skein.Cli.Archives;

/// <summary><c>skein archive gen-shards</c>: archives with random files, to try things with.</summary>
internal sealed class GenerateShardsCommand
{
    private const int NameBytes = 10;
    private const int MaxShards = 1_000_000;
    private const int MaxFiles = 1_000_000;

    private readonly Argument<string> _template = new("\"BUCKET/TEMPLATE.EXT\"")
    {
        Description = "Names of the archives, for example \"ais://shards/shard-{000..099}.tar\"; the bucket is made if need be",
    };

    private readonly Option<string?> _size = new("--fsize")
    {
        Description = "Size of each file (default: 1024)",
        HelpName = "SIZE",
    };

    private readonly Option<int> _count = new("--fcount")
    {
        Description = "Number of files in an archive, for each extension",
        HelpName = "N",
        DefaultValueFactory = _ => 5,
    };

    private readonly Option<string?> _extensions = new("--fext")
    {
        Description = "Extensions of the files, comma-separated, for example .jpg,.cls (default: .test)",
        HelpName = "EXT",
    };

    private readonly Option<bool> _cleanup = new("--cleanup")
    {
        Description = "Destroy the bucket first, with everything in it, and make it anew",
    };

    private readonly Option<int> _workers = new("--conc", "--num-workers")
    {
        Description = "How many archives are made at once",
        HelpName = "N",
        DefaultValueFactory = _ => 10,
    };

    private readonly CliHost _host;

    private GenerateShardsCommand(CliHost host) => _host = host;

    /// <summary>Builds the command.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Create(CliHost host, string shown)
    {
        var generate = new GenerateShardsCommand(host);
        var command = new DocumentedCommand(
            "gen-shards",
            "Make archives with random files, to try sorts and training with",
            $"{shown} \"ais://shards/shard-{{0..9}}.tar\"",
            $"{shown} \"ais://shards/shard-{{000..099}}.tgz\" --fsize 256KiB --fcount 100",
            $"{shown} \"ais://shards/s-{{01..20..2}}.tar.lz4\" --fext .jpg,.cls --cleanup")
        {
            generate._template, generate._size, generate._count, generate._extensions, generate._cleanup,
            generate._workers, CommonOptions.Json,
        };
        command.SetAction(generate.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (archive, format) = ArchiveName.ParseNew(parsed.GetRequiredValue(_template));
        var names = Names(archive.Name);
        var size = TransferOptions.Size(parsed.GetValue(_size), "--fsize") ?? 1024;
        var count = parsed.GetValue(_count);
        if (count is < 1 or > MaxFiles)
        {
            throw new CliException($"--fcount must be between 1 and {MaxFiles}");
        }
        var extensions = (parsed.GetValue(_extensions) ?? ".test")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(extension => extension.StartsWith('.') ? extension : "." + extension).ToList();
        var workers = TransferOptions.Check(parsed.GetValue(_workers));
        var json = parsed.GetValue(CommonOptions.Json);
        using var client = EndpointFinder.Connect(_host, parsed);
        await PrepareAsync(client, archive, parsed.GetValue(_cleanup), cancellation);

        var progress = new TransferProgress(_host, quiet: json);
        var runner = new TransferRunner(_host, progress);
        var uploader = new ShardUploader(client, _host, progress);
        _host.Interruption.Note(() => $"{progress.Objects} of {names.Count} shards are in {archive.Bucket}; they stay.");
        TransferReport? report = null;
        await progress.ShowAsync("Shards created:", names.Count, null, async () => report = await runner.RunAsync(
            names.Names().Select((name, place) => (Name: name, Place: place, Seed: _host.Random.Next())).ToAsyncEnumerable(),
            shard => shard.Name,
            async (shard, token) => await uploader.StoreAsync(
                archive with { Name = shard.Name }, format,
                Files(new Random(shard.Seed), (long)shard.Place * count, count, extensions, size), token),
            workers, cancellation));
        _host.Interruption.Clear();
        return runner.Conclude(report!, "Created", "shard", $"in {archive.Bucket}", json);
    }

    private static NameTemplate Names(string name)
    {
        try
        {
            var template = NameTemplate.Parse(name);
            return template is { IsPrefix: false, Count: <= MaxShards }
                ? template
                : throw new CliException(
                    template.IsPrefix ? $"\"{name}\" has no range" : $"\"{name}\" stands for more than {MaxShards} names",
                    "write the names in quotes, as \"ais://shards/shard-{000..099}.tar\"");
        }
        catch (StoreException error)
        {
            throw new CliException(error.Message, "write the names in quotes, as \"ais://shards/shard-{000..099}.tar\"");
        }
    }

    private static async Task PrepareAsync(
        SkeinClient client, ArchiveName archive, bool anew, CancellationToken cancellation)
    {
        var exists = await client.Buckets.HeadAsync(archive.Bucket, cancellation) is not null;
        if (exists && anew)
        {
            await client.Buckets.DestroyAsync(archive.Bucket, cancellation);
        }
        if (!exists || anew)
        {
            await client.Buckets.CreateAsync(archive.Bucket, cancellation: cancellation);
        }
    }

    // Files of one record differ in the extension only, as in a WebDataset.
    private static IEnumerable<ShardFile> Files(
        Random random, long first, int count, List<string> extensions, long size)
    {
        var digits = count.ToString(CultureInfo.InvariantCulture).Length;
        var bytes = new byte[NameBytes];
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(bytes);
            var number = (first + i).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
            var record = $"{Convert.ToHexStringLower(bytes)}-{number}";
            foreach (var extension in extensions)
            {
                yield return new ShardFile(record + extension, size, () => new RandomFile(random, size));
            }
        }
    }
}
