using System.CommandLine;
using Skein.Cli.Output;
using Skein.Cli.Transfers;
using Skein.Client;
using Skein.Client.Listing;
using Skein.Client.Objects;
using Skein.Core.Buckets;
using Skein.Core.Wire;

namespace Skein.Cli.Commands;

/// <summary><c>skein get</c>: one object, or all with a prefix.</summary>
internal sealed class GetCommand
{
    private readonly Argument<string> _source = new("BUCKET/OBJECT")
    {
        Description = "Object; a bucket together with --prefix",
    };

    private readonly Argument<string?> _output = new("OUT")
    {
        Description = "File or directory to write to, - for standard output (default: the current directory)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _prefix = new("--prefix")
    {
        Description = "Read all objects whose names begin with this",
        HelpName = "P",
    };

    private readonly Option<string?> _offset = new("--offset") { Description = "First byte to read", HelpName = "SIZE" };
    private readonly Option<string?> _length = new("--length") { Description = "How many bytes", HelpName = "SIZE" };
    private readonly Option<bool> _checksum = new("--checksum")
    {
        Description = "Show the checksum (it is always verified)",
    };

    private readonly Option<int> _workers = TransferOptions.Workers();

    private readonly CliHost _host;

    private GetCommand(CliHost host) => _host = host;

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host, string name)
    {
        var get = new GetCommand(host);
        var command = new DocumentedCommand(
            name,
            "Read an object, or all objects with a prefix",
            "skein get ais://photos/summer.jpg",
            "skein get ais://photos/summer.jpg /tmp/s.jpg",
            "skein get ais://backup/src.tgz - | tar tz",
            "skein get ais://photos/summer.jpg - --offset 1MiB --length 100",
            "skein get ais://photos --prefix 2026/ ./photos   # every object below 2026/",
            "skein get ais://photos --prefix '' ./photos      # the whole bucket")
        {
            get._source, get._output, get._prefix, get._offset, get._length, get._checksum, get._workers,
            CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction(get.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var bucket = BucketCommands.Parse(parsed.GetRequiredValue(_source), out var name);
        var prefix = parsed.GetValue(_prefix);
        if (prefix is not null && name.Length != 0)
        {
            throw new CliException("an object and a prefix are both given", $"write 'get {bucket} --prefix {prefix}'");
        }
        if (prefix is null && (name.Length == 0 || name.EndsWith('/')))
        {
            throw new CliException("no object is named", $"write {bucket}/NAME, or give --prefix");
        }
        var options = Options(parsed);
        using var client = EndpointFinder.Connect(_host, parsed);
        if (prefix is not null)
        {
            if (options.Offset != 0 || options.Length is not null)
            {
                throw new CliException("--offset and --length are for one object");
            }
            return await PrefixAsync(client, bucket, prefix, parsed, cancellation);
        }
        return await OneAsync(client, bucket, name, options, parsed, cancellation);
    }

    private async Task<int> OneAsync(
        SkeinClient client,
        BucketName bucket,
        string name,
        GetOptions options,
        ParseResult parsed,
        CancellationToken cancellation)
    {
        var output = parsed.GetValue(_output);
        var json = parsed.GetValue(CommonOptions.Json);
        if (output == "-")
        {
            if (json)
            {
                throw new CliException("--json cannot be shown together with the object on standard output");
            }
            await using var stdout = _host.OpenOutput();
            var silent = new Downloader(client, _host, new TransferProgress(_host, quiet: true));
            await silent.ToStreamAsync(bucket, name, stdout, options, cancellation);
            return 0;
        }
        var path = DownloadPath.Single(_host.FullPath(output ?? "."), name);
        var progress = new TransferProgress(_host, quiet: json);
        var downloader = new Downloader(client, _host, progress);
        var started = _host.Time.GetTimestamp();
        var head = json ? null : await client.Objects.HeadAsync(bucket, name, cancellation);
        var (attributes, written) = (default(Core.Objects.ObjectAttributes), 0L);
        await progress.ShowAsync("GET", 1, options.Length ?? head?.Size - options.Offset, async () =>
            (attributes, written) = await downloader.ToFileAsync(bucket, name, path, options, cancellation));
        if (json)
        {
            var report = new TransferReport
            {
                Objects = 1,
                Bytes = written,
                Seconds = Math.Round(_host.Time.GetElapsedTime(started).TotalSeconds, 3),
                Failed = 0,
                Errors = [],
                StoppedEarly = false,
            };
            CliJsonContext.Write(_host.Writer, report, CliJsonContext.Output.TransferReport);
            return 0;
        }
        _host.Writer.WriteLine(options.Offset != 0 || options.Length is not null
            ? $"Read range (length {SizeText.Bytes(written)} at offset {options.Offset}) of {bucket}/{name} as {path}"
            : $"GET {name} from {bucket} as {path} ({SizeText.Bytes(written)})");
        if (parsed.GetValue(_checksum))
        {
            _host.Writer.WriteLine($"Checksum {attributes!.Checksum}");
        }
        return 0;
    }

    private async Task<int> PrefixAsync(
        SkeinClient client, BucketName bucket, string prefix, ParseResult parsed, CancellationToken cancellation)
    {
        var output = parsed.GetValue(_output) ?? ".";
        if (output == "-")
        {
            throw new CliException("many objects cannot be written to standard output", "name a directory");
        }
        var directory = _host.FullPath(output);
        if (File.Exists(directory))
        {
            throw new CliException($"{output} is a file; a directory is expected");
        }
        await TransferOptions.RequireBucketAsync(client, bucket, cancellation);
        var json = parsed.GetValue(CommonOptions.Json);
        var progress = new TransferProgress(_host, quiet: json);
        var runner = new TransferRunner(_host, progress);
        var downloader = new Downloader(client, _host, progress);
        var entries = new List<ListEntry>();
        await foreach (var entry in client.Buckets.ListObjectsAsync(
            bucket, new ListOptions { Prefix = prefix }, cancellation))
        {
            entries.Add(entry);
        }
        if (entries.Count == 0)
        {
            throw new CliException($"no object in {bucket} has a name that begins with \"{prefix}\"");
        }
        TransferReport? report = null;
        await progress.ShowAsync("GET", entries.Count, entries.Sum(entry => entry.Size), async () =>
            report = await runner.RunAsync(
                entries.ToAsyncEnumerable(),
                entry => entry.Name,
                async (entry, token) => await downloader.ToFileAsync(
                    bucket, entry.Name, DownloadPath.Below(directory, entry.Name), GetOptions.Default, token),
                TransferOptions.Check(parsed.GetValue(_workers)),
                cancellation));
        return runner.Conclude(report!, "GET", "object", $"from {bucket} to {directory}", json);
    }

    private GetOptions Options(ParseResult parsed)
    {
        var offset = Size(parsed.GetValue(_offset), "--offset") ?? 0;
        var length = Size(parsed.GetValue(_length), "--length");
        return length is not 0
            ? new GetOptions { Offset = offset, Length = length }
            : throw new CliException("--length must be at least 1");
    }

    private static long? Size(string? text, string option) => text is null ? null
        : SizeText.TryParse(text, out var size) ? size
        : throw new CliException($"invalid size \"{text}\" of {option}", "write it as 100, 64KiB or 1.5GiB");
}
