using System.CommandLine;
using Skein.Cli.Jobs;
using Skein.Cli.Output;
using Skein.Cli.Transfers;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;

namespace Skein.Cli.Commands;

/// <summary><c>skein put</c>: a file, a directory, or standard input.</summary>
internal sealed class PutCommand
{
    private const string DefaultPiece = "64MiB";

    private readonly Argument<string> _source = new("FILE|DIR|-")
    {
        Description = "File, directory, or pattern as \"dir/*.jpg\"; - for standard input; left out with --list or --template",
    };

    private readonly Argument<string?> _destination = new("BUCKET[/NAME]")
    {
        Description = "Bucket, and the object's name; with a directory, what names begin with",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Go into directories below" };
    private readonly Option<bool> _includeSourceDirectory = new("--include-src-dir")
    {
        Description = "Begin object names with the name of the directory",
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be done" };
    private readonly Option<int> _workers = TransferOptions.Workers();
    private readonly Option<string?> _list = BucketJobCommands.ListOption();
    private readonly Option<string?> _template = BucketJobCommands.TemplateOption();
    private readonly Option<bool> _append = new("--append") { Description = "Add the bytes to the object's end" };
    private readonly Option<string?> _chunkSize = new("--chunk-size")
    {
        Description = $"Store standard input in pieces of this size (default with --append: {DefaultPiece})",
        HelpName = "SIZE",
    };

    private readonly Option<string?> _archivePath = new("--archpath")
    {
        Description = "Add the file to the archive BUCKET/NAME under this name; the archive is made if need be",
        HelpName = "NAME",
    };

    private readonly Option<bool> _computeChecksum = new("--compute-checksum", "--compute-cksum")
    {
        Description = "Send a checksum with each file; this is always done",
    };

    private readonly Option<bool> _skipVersionCheck = new("--skip-vc")
    {
        Description = "For scripts written for AIStore; has no effect",
    };

    private readonly Option<bool> _progress = new("--progress")
    {
        Description = "Show how far it is; in a terminal this is always done",
    };

    private readonly CliHost _host;

    private PutCommand(CliHost host) => _host = host;

    /// <summary>Builds the command.</summary>
    public static Command Create(CliHost host, string name)
    {
        var put = new PutCommand(host);
        var command = new DocumentedCommand(
            name,
            "Store a file, a directory or standard input",
            "skein put photo.jpg ais://photos",
            "skein put photo.jpg ais://photos/2026/summer.jpg",
            "skein put ./site ais://web/v2/ --recursive --num-workers 16",
            "tar cz src | skein put - ais://backup/src.tgz",
            "tar cz / | skein put - ais://backup/all.tgz --chunk-size 256MiB",
            "skein put \"album/*.jpg\" ais://photos/2026/",
            "skein put ais://shards --template \"/data/shard-{000..099}.tar\"",
            "skein put today.log ais://logs/all.log --append",
            "skein put a.jpg ais://shards/a.tar --archpath jpg/a.jpg")
        {
            put._source, put._destination, put._recursive, put._includeSourceDirectory, put._workers, put._dryRun,
            put._list, put._template, put._append, put._chunkSize, put._archivePath, put._computeChecksum,
            put._skipVersionCheck, put._progress, CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction(put.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (list, template) = (parsed.GetValue(_list), parsed.GetValue(_template));
        var source = parsed.GetRequiredValue(_source);
        if (parsed.GetValue(_destination) is not { } destination)
        {
            return await NamedAsync(source, list, template, parsed, cancellation);
        }
        var bucket = BucketCommands.Parse(destination, out var name);
        var path = _host.FullPath(source);
        if (list is not null || template is not null)
        {
            throw new CliException("--list and --template stand in place of a file", $"write 'put {destination} --list ...'");
        }
        var isPattern = source != "-" && !File.Exists(path) && FilePatterns.IsPattern(path);
        if (source != "-" && !isPattern && !File.Exists(path) && !Directory.Exists(path))
        {
            throw new CliException($"there is no file or directory \"{source}\"");
        }
        using var client = EndpointFinder.Connect(_host, parsed);
        if (isPattern)
        {
            var files = FilePatterns.Matching(path, Prefix(name));
            return files.Count != 0
                ? await FilesAsync(client, files, bucket, Prefix(name), parsed, cancellation)
                : throw new CliException($"no file matches \"{source}\"");
        }
        if (source != "-" && Directory.Exists(path))
        {
            return await DirectoryAsync(client, path, bucket, name, parsed, cancellation);
        }
        return await OneAsync(client, source, path, bucket, name, parsed, cancellation);
    }

    private async Task<int> OneAsync(
        SkeinClient client,
        string source,
        string path,
        BucketName bucket,
        string name,
        ParseResult parsed,
        CancellationToken cancellation)
    {
        if (source == "-" && (name.Length == 0 || name.EndsWith('/')))
        {
            throw new CliException("standard input needs an object name", $"write {bucket}/NAME");
        }
        name = name.Length == 0 || name.EndsWith('/') ? name + Path.GetFileName(path) : name;
        var shown = source == "-" ? "standard input" : $"\"{source}\"";
        if (parsed.GetValue(_dryRun))
        {
            _host.Writer.WriteLine($"[DRY RUN] PUT {shown} => {bucket}/{name}");
            return 0;
        }
        var json = parsed.GetValue(CommonOptions.Json);
        var progress = new TransferProgress(_host, quiet: json);
        var runner = new TransferRunner(_host, progress);
        _host.Interruption.Note(() => $"{bucket}/{name} was not stored, or is complete if the cluster had all of it.");
        var body = source == "-" ? ObjectSource.FromStream(_host.OpenInput()) : ObjectSource.FromFile(path);
        var started = _host.Time.GetTimestamp();
        await progress.ShowAsync(
            "PUT", 1, body.Length, () => StoreAsync(client, source, bucket, name, body, progress, parsed, cancellation));
        _host.Interruption.Clear();
        progress.ObjectDone();
        if (!json)
        {
            _host.Writer.WriteLine($"PUT {shown} => {bucket}/{name} ({_host.Size(progress.Bytes)})");
            return 0;
        }
        return runner.Conclude(
            TransferReport.Done(1, progress.Bytes, _host.Time.GetElapsedTime(started)),
            "PUT", "file", $"=> {bucket}/{name}", json);
    }

    private async Task StoreAsync(
        SkeinClient client, string source, BucketName bucket, string name, ObjectSource body, TransferProgress progress,
        ParseResult parsed, CancellationToken cancellation)
    {
        var isAppend = parsed.GetValue(_append);
        var piece = TransferOptions.Size(parsed.GetValue(_chunkSize), "--chunk-size");
        if (piece is < 1 or > PieceUploader.MaxPiece)
        {
            throw new CliException($"--chunk-size must be between 1 and {PieceUploader.MaxPiece} bytes");
        }
        if (parsed.GetValue(_archivePath) is { } inArchive)
        {
            var known = body.Length is null ? ObjectSource.FromBytes(await ReadAllAsync(cancellation)) : body;
            await client.Archives.AddFileAsync(bucket, name, inArchive, known, creates: true, cancellation);
            progress.Report(known.Length ?? 0);
            return;
        }
        if (!isAppend && (piece is null || source != "-"))
        {
            // A read of standard input that has begun does not end; the wait for it does.
            await client.Objects.PutAsync(bucket, name, body, new PutOptions { Progress = progress }, cancellation)
                .WaitAsync(cancellation);
            return;
        }
        await using var stream = source == "-" ? _host.OpenInput() : File.OpenRead(_host.FullPath(source));
        var size = (int)(piece ?? TransferOptions.Size(DefaultPiece, "--chunk-size")!.Value);
        var uploader = new PieceUploader(client, _host, progress);
        await (isAppend
            ? uploader.AppendAsync(bucket, name, stream, size, cancellation)
            : uploader.StoreAsync(bucket, name, stream, size, cancellation));
    }

    private async Task<byte[]> ReadAllAsync(CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        await using var input = _host.OpenInput();
        await input.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }

    // "put BUCKET --list ..." and "put BUCKET --template ...": the only word is the destination.
    private async Task<int> NamedAsync(
        string destination, string? list, string? template, ParseResult parsed, CancellationToken cancellation)
    {
        if (list is null == template is null)
        {
            throw new CliException("no destination is given", "write 'put FILE BUCKET', or 'put BUCKET --list FILE,FILE'");
        }
        var bucket = BucketCommands.Parse(destination, out var name);
        var files = FilePatterns.Named(_host.CurrentDirectory, Prefix(name), list, template);
        using var client = EndpointFinder.Connect(_host, parsed);
        return await FilesAsync(client, files, bucket, Prefix(name), parsed, cancellation);
    }

    private static string Prefix(string name) => name.Length == 0 || name.EndsWith('/') ? name : name + "/";

    private async Task<int> DirectoryAsync(
        SkeinClient client,
        string path,
        BucketName bucket,
        string name,
        ParseResult parsed,
        CancellationToken cancellation)
    {
        var recursive = parsed.GetValue(_recursive);
        var prefix = Prefix(name);
        if (parsed.GetValue(_includeSourceDirectory))
        {
            prefix += Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) + "/";
        }
        var files = FileCollector.Require(_host, path, prefix, recursive);
        return await FilesAsync(client, files, bucket, prefix, parsed, cancellation);
    }

    private async Task<int> FilesAsync(
        SkeinClient client,
        IReadOnlyList<SourceFile> files,
        BucketName bucket,
        string prefix,
        ParseResult parsed,
        CancellationToken cancellation)
    {
        var total = files.Sum(file => file.Size);
        var json = parsed.GetValue(CommonOptions.Json);
        if (parsed.GetValue(_dryRun))
        {
            DryRun(files, bucket, total);
            return 0;
        }
        var question = $"Store {files.Count} files ({_host.Size(total)}) in {bucket}/{prefix}?";
        if (!parsed.GetValue(CommonOptions.Yes) && _host.Confirm is { } ask && !json && !ask(question))
        {
            throw new CliException("not confirmed, nothing was done");
        }
        await TransferOptions.RequireBucketAsync(client, bucket, cancellation);
        var progress = new TransferProgress(_host, quiet: json);
        var runner = new TransferRunner(_host, progress);
        _host.Interruption.Note(() => $"{progress.Objects} of {files.Count} files are stored in {bucket}/{prefix}; they stay. "
            + "The same command again stores the rest.");
        TransferReport? report = null;
        await progress.ShowAsync("PUT", files.Count, total, async () => report = await runner.RunAsync(
            files.ToAsyncEnumerable(),
            file => file.Path,
            async (file, token) => await client.Objects.PutAsync(
                bucket, file.Name, ObjectSource.FromFile(file.Path), new PutOptions { Progress = progress }, token),
            TransferOptions.Check(parsed.GetValue(_workers)),
            cancellation));
        _host.Interruption.Clear();
        return runner.Conclude(report!, "PUT", "file", $"=> {bucket}/{prefix}", json);
    }

    private void DryRun(IReadOnlyList<SourceFile> files, BucketName bucket, long total)
    {
        foreach (var file in files)
        {
            _host.Writer.WriteLine($"[DRY RUN] PUT {file.Path} => {bucket}/{file.Name} ({_host.Size(file.Size)})");
        }
        _host.Writer.WriteLine($"[DRY RUN] {files.Count} files, {_host.Size(total)}; nothing was stored");
    }
}
