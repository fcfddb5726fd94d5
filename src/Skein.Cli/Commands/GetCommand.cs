using System.CommandLine;
using Skein.Cli.Archives;
using Skein.Cli.Jobs;
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
    private const int MaxNames = 1_000_000;

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

    private readonly Option<string?> _offset = TransferOptions.Offset();
    private readonly Option<string?> _length = TransferOptions.Length();
    private readonly Option<string?> _list = BucketJobCommands.ListOption();
    private readonly Option<string?> _template = BucketJobCommands.TemplateOption();
    private readonly Option<bool> _latest = new("--latest")
    {
        Description = "Of a remote bucket: look for a newer version at its home first",
    };

    private readonly Option<bool> _checkCached = new("--check-cached", "--cached")
    {
        Description = "Read nothing; say whether the object is in the cluster",
    };

    private readonly Option<bool> _extract = new("--extract", "-x")
    {
        Description = "Unpack archives into a folder that has their name without its ending",
    };

    private readonly Option<bool> _progress = new("--progress")
    {
        Description = "Show how far it is; in a terminal this is always done",
    };

    private readonly Option<bool> _checksum = new("--checksum")
    {
        Description = "Show the checksum (it is always verified)",
    };

    private readonly Option<int> _workers = TransferOptions.Workers();

    private readonly CliHost _host;
    private readonly GetArchive _archive;
    private readonly bool _isOfArchives;

    private GetCommand(CliHost host, bool isOfArchives)
    {
        _host = host;
        _archive = new GetArchive(host);
        _isOfArchives = isOfArchives;
    }

    /// <summary>Builds <c>archive get</c>: as the other, but what is read is unpacked.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command CreateForArchives(CliHost host, string shown)
    {
        var get = new GetCommand(host, isOfArchives: true);
        var command = new DocumentedCommand(
            "get",
            "Read an archive and unpack it, or read files of one",
            $"{shown} ais://shards/a.tar.lz4 /tmp/out                # unpacks to /tmp/out/a",
            $"{shown} ais://shards/a.tar.lz4/jpg/1.jpg /tmp/out      # one file of it",
            $"{shown} ais://shards/a.tar --archpath jpg/1.jpg -      # the same, to standard output",
            $"{shown} ais://shards/a.tar jpgs.tar --archregx=jpg --archmode=suffix",
            $"{shown} ais://shards /tmp/out --prefix train/          # many archives, each unpacked",
            $"{shown} ais://shards /tmp/out --prefix a.tar/jpg/      # a folder of one archive")
        {
            get._source, get._output, get._prefix, get._list, get._template, get._checksum, get._workers, get._latest,
            get._extract, get._progress, CommonOptions.Yes, CommonOptions.Json,
        };
        return get.Finish(command);
    }

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host, string name)
    {
        var get = new GetCommand(host, isOfArchives: false);
        var command = new DocumentedCommand(
            name,
            "Read an object, or all objects with a prefix",
            "skein get ais://photos/summer.jpg",
            "skein get ais://photos/summer.jpg /tmp/s.jpg",
            "skein get ais://backup/src.tgz - | tar tz",
            "skein get ais://photos/summer.jpg - --offset 1MiB --length 100",
            "skein get ais://photos --prefix 2026/ ./photos   # every object below 2026/",
            "skein get ais://photos --prefix '' ./photos      # the whole bucket",
            "skein get ais://shards --template \"shard-{000..099}.tar\" /tmp/w --extract",
            "skein get ais://shards/a.tar --archpath 1.jpg -  # one file of an archive",
            "skein get ais://shards/a.tar --archregx jpg --archmode suffix jpgs.tar",
            "skein get s3://photos/summer.jpg --check-cached")
        {
            get._source, get._output, get._prefix, get._offset, get._length, get._checksum, get._workers,
            get._list, get._template, get._latest, get._checkCached, get._extract, get._progress,
            CommonOptions.Yes, CommonOptions.Json,
        };
        return get.Finish(command);
    }

    private DocumentedCommand Finish(DocumentedCommand command)
    {
        foreach (var option in _archive.Options)
        {
            command.Options.Add(option);
        }
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var bucket = BucketCommands.Parse(parsed.GetRequiredValue(_source), out var name);
        var archive = _isOfArchives ? ArchiveName.Parse(parsed.GetRequiredValue(_source)) : new(bucket, name, "");
        var prefix = parsed.GetValue(_prefix);
        var names = BucketJobCommands.Names(parsed.GetValue(_list), parsed.GetValue(_template));
        var many = prefix is not null || names.IsList || names.Template is not null;
        if (many && name.Length != 0)
        {
            throw new CliException("an object and a prefix are both given", $"write 'get {bucket} --prefix {prefix}'");
        }
        if (!many && (name.Length == 0 || name.EndsWith('/')))
        {
            throw new CliException("no object is named", $"write {bucket}/NAME, or give --prefix");
        }
        var options = TransferOptions.Range(parsed.GetValue(_offset), parsed.GetValue(_length)) with
        {
            Latest = parsed.GetValue(_latest),
        };
        using var client = EndpointFinder.Connect(_host, parsed);
        if (_isOfArchives && many && prefix is not null && ArchiveName.Parse($"{bucket}/{prefix}") is { Path.Length: > 0 } part)
        {
            return await _archive.UnpackAsync(
                client, part, _host.FullPath(parsed.GetValue(_output) ?? "."), parsed, cancellation);
        }
        if (many)
        {
            return options.Offset == 0 && options.Length is null
                ? await ManyAsync(client, bucket, prefix, names, options, parsed, cancellation)
                : throw new CliException("--offset and --length are for one object");
        }
        if (!_isOfArchives && parsed.GetValue(_checkCached))
        {
            var isHere = await client.Objects.DescribeAsync(bucket, name, presentOnly: true, cancellation) is not null;
            _host.Writer.WriteLine(
                $"{bucket}/{name} is {(isHere ? "present (is cached)" : "not present (\"not cached\")")}");
            return 0;
        }
        return _archive.IsAsked(parsed) || archive.Path.Length != 0
            ? await _archive.RunAsync(client, archive, parsed.GetValue(_output), parsed, cancellation)
            : await OneAsync(client, bucket, name, options, parsed, cancellation);
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
        var path = _host.FullPath(output ?? ".");
        if (_isOfArchives && Core.Archives.ArchiveFormats.OfName(path) is null && !File.Exists(path))
        {
            Directory.CreateDirectory(path); // whatever is unpacked needs a folder
        }
        path = DownloadPath.Single(path, name);
        _host.Interruption.Note(() => $"{path} was not written.");
        var progress = new TransferProgress(_host, quiet: json);
        var downloader = new Downloader(client, _host, progress);
        var started = _host.Time.GetTimestamp();
        var head = json ? null : await client.Objects.HeadAsync(bucket, name, cancellation);
        var (attributes, written) = (default(Core.Objects.ObjectAttributes), 0L);
        await progress.ShowAsync("GET", 1, options.Length ?? head?.Size - options.Offset, async () =>
            (attributes, written) = await downloader.ToFileAsync(bucket, name, path, options, cancellation));
        var unpacked = Extracts(parsed) ? Unpacked(path) : null;
        if (unpacked is not null)
        {
            await ArchiveExtractor.ExtractAsync(
                path, _archive.Mime(parsed) is { } mime ? "." + mime.TrimStart('.') : name, unpacked, cancellation);
        }
        _host.Interruption.Clear();
        if (json)
        {
            var report = TransferReport.Done(1, written, _host.Time.GetElapsedTime(started));
            CliJsonContext.Write(_host.Writer, report, CliJsonContext.Output.TransferReport);
            return 0;
        }
        _host.Writer.WriteLine(options.Offset != 0 || options.Length is not null
            ? $"Read range (length {_host.Size(written)} at offset {options.Offset}) of {bucket}/{name} as {path}"
            : $"GET {name} from {bucket} as {path} ({_host.Size(written)})"
                + (unpacked is null ? "" : $" and extract to {unpacked}/"));
        if (parsed.GetValue(_checksum))
        {
            _host.Writer.WriteLine($"Checksum {attributes!.Checksum}");
        }
        return 0;
    }

    private async Task<int> ManyAsync(
        SkeinClient client,
        BucketName bucket,
        string? prefix,
        NamesMessage names,
        GetOptions options,
        ParseResult parsed,
        CancellationToken cancellation)
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
        var entries = await EntriesAsync(client, bucket, prefix, names, cancellation);
        long? bytes = entries.Exists(entry => entry.Size != 0) ? entries.Sum(entry => entry.Size) : null;
        _host.Interruption.Note(() =>
            $"{progress.Objects} of {entries.Count} objects are complete in {directory}; of the others nothing was written.");
        TransferReport? report = null;
        await progress.ShowAsync("GET", entries.Count, bytes, async () => report = await runner.RunAsync(
            entries.ToAsyncEnumerable(),
            entry => entry.Name,
            async (entry, token) =>
            {
                var path = DownloadPath.Below(directory, entry.Name);
                await downloader.ToFileAsync(bucket, entry.Name, path, options, token);
                if (Extracts(parsed) && Core.Archives.ArchiveFormats.OfName(entry.Name) is not null)
                {
                    await ArchiveExtractor.ExtractAsync(path, entry.Name, Unpacked(path), token);
                }
            },
            TransferOptions.Check(parsed.GetValue(_workers)),
            cancellation));
        _host.Interruption.Clear();
        return runner.Conclude(report!, "GET", "object", $"from {bucket} to {directory}", json);
    }

    // A prefix is listed; names that were given are asked for as they are.
    private static async Task<List<ListEntry>> EntriesAsync(
        SkeinClient client, BucketName bucket, string? prefix, NamesMessage names, CancellationToken cancellation)
    {
        var template = names.ReadTemplate();
        if (prefix is null && names.IsList)
        {
            return [.. (names.ObjectNames ?? []).Select(name => new ListEntry { Name = name })];
        }
        if (prefix is null && template is { IsPrefix: false })
        {
            return template.Count <= MaxNames
                ? [.. template.Names().Select(name => new ListEntry { Name = name })]
                : throw new CliException($"the template has {template.Count} names, at most {MaxNames} are possible");
        }
        var entries = new List<ListEntry>();
        var start = prefix ?? template?.Prefix ?? "";
        await foreach (var entry in client.Buckets.ListObjectsAsync(bucket, new ListOptions { Prefix = start }, cancellation))
        {
            entries.Add(entry);
        }
        return entries.Count != 0
            ? entries
            : throw new CliException($"no object in {bucket} has a name that begins with \"{start}\"");
    }

    private bool Extracts(ParseResult parsed) => _isOfArchives || parsed.GetValue(_extract);

    // "a.tar.gz" is unpacked into "a".
    private static string Unpacked(string path)
    {
        var name = Path.GetFileName(path);
        var dot = name.IndexOf('.', 1);
        return Path.Combine(Path.GetDirectoryName(path)!, dot < 0 ? name + ".files" : name[..dot]);
    }
}
