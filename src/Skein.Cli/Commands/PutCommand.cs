using System.CommandLine;
using Skein.Cli.Output;
using Skein.Cli.Transfers;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Buckets;

namespace Skein.Cli.Commands;

/// <summary><c>skein put</c>: a file, a directory, or standard input.</summary>
internal sealed class PutCommand
{
    private readonly Argument<string> _source = new("FILE|DIR|-")
    {
        Description = "File or directory; - for standard input",
    };

    private readonly Argument<string> _destination = new("BUCKET[/NAME]")
    {
        Description = "Bucket, and the object's name; with a directory, what names begin with",
    };

    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Go into directories below" };
    private readonly Option<bool> _includeSourceDirectory = new("--include-src-dir")
    {
        Description = "Begin object names with the name of the directory",
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be done" };
    private readonly Option<int> _workers = TransferOptions.Workers();

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
            "tar cz src | skein put - ais://backup/src.tgz")
        {
            put._source, put._destination, put._recursive, put._includeSourceDirectory, put._workers, put._dryRun,
            CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction(put.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var source = parsed.GetRequiredValue(_source);
        var bucket = BucketCommands.Parse(parsed.GetRequiredValue(_destination), out var name);
        var path = _host.FullPath(source);
        if (source != "-" && !File.Exists(path) && !Directory.Exists(path))
        {
            throw new CliException($"there is no file or directory \"{source}\"");
        }
        using var client = EndpointFinder.Connect(_host, parsed);
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
        var body = source == "-" ? ObjectSource.FromStream(_host.OpenInput()) : ObjectSource.FromFile(path);
        var started = _host.Time.GetTimestamp();
        await progress.ShowAsync("PUT", 1, body.Length, () => client.Objects.PutAsync(
            bucket, name, body, new PutOptions { Progress = progress }, cancellation));
        progress.ObjectDone();
        if (!json)
        {
            _host.Writer.WriteLine($"PUT {shown} => {bucket}/{name} ({SizeText.Bytes(progress.Bytes)})");
            return 0;
        }
        return runner.Conclude(
            new TransferReport
            {
                Objects = 1,
                Bytes = progress.Bytes,
                Seconds = Math.Round(_host.Time.GetElapsedTime(started).TotalSeconds, 3),
                Failed = 0,
                Errors = [],
                StoppedEarly = false,
            },
            "PUT", "file", $"=> {bucket}/{name}", json);
    }

    private async Task<int> DirectoryAsync(
        SkeinClient client,
        string path,
        BucketName bucket,
        string name,
        ParseResult parsed,
        CancellationToken cancellation)
    {
        var recursive = parsed.GetValue(_recursive);
        var prefix = name.Length == 0 || name.EndsWith('/') ? name : name + "/";
        if (parsed.GetValue(_includeSourceDirectory))
        {
            prefix += Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) + "/";
        }
        var collected = FileCollector.Collect(path, prefix, recursive);
        var files = collected.Files;
        if (collected.Directories != 0)
        {
            ErrorText.Warn(
                _host, $"directories in {path} are left out ({collected.Directories}); --recursive takes them in");
        }
        if (collected.Links != 0)
        {
            ErrorText.Warn(_host, $"links that do not lead to a file are left out ({collected.Links})");
        }
        if (files.Count == 0)
        {
            throw new CliException(
                $"there are no files in {path}", recursive ? null : "--recursive goes into directories below");
        }
        var total = files.Sum(file => file.Size);
        var json = parsed.GetValue(CommonOptions.Json);
        if (parsed.GetValue(_dryRun))
        {
            DryRun(files, bucket, total);
            return 0;
        }
        var question = $"Store {files.Count} files ({SizeText.Bytes(total)}) in {bucket}/{prefix}?";
        if (!parsed.GetValue(CommonOptions.Yes) && _host.Confirm is { } ask && !json && !ask(question))
        {
            throw new CliException("not confirmed, nothing was done");
        }
        await TransferOptions.RequireBucketAsync(client, bucket, cancellation);
        var progress = new TransferProgress(_host, quiet: json);
        var runner = new TransferRunner(_host, progress);
        TransferReport? report = null;
        await progress.ShowAsync("PUT", files.Count, total, async () => report = await runner.RunAsync(
            files.ToAsyncEnumerable(),
            file => file.Path,
            async (file, token) => await client.Objects.PutAsync(
                bucket, file.Name, ObjectSource.FromFile(file.Path), new PutOptions { Progress = progress }, token),
            TransferOptions.Check(parsed.GetValue(_workers)),
            cancellation));
        return runner.Conclude(report!, "PUT", "file", $"=> {bucket}/{prefix}", json);
    }

    private void DryRun(IReadOnlyList<SourceFile> files, BucketName bucket, long total)
    {
        foreach (var file in files)
        {
            _host.Writer.WriteLine($"[DRY RUN] PUT {file.Path} => {bucket}/{file.Name} ({SizeText.Bytes(file.Size)})");
        }
        _host.Writer.WriteLine($"[DRY RUN] {files.Count} files, {SizeText.Bytes(total)}; nothing was stored");
    }
}
