using System.CommandLine;
using Skein.Cli.Commands;
using Skein.Cli.Jobs;
using Skein.Cli.Output;
using Skein.Cli.Transfers;
using Skein.Client;
using Skein.Client.Objects;
using Skein.Core.Archives;

namespace Skein.Cli.Archives;

/// <summary><c>skein archive put</c>: files of this machine become a shard, or are added to one.</summary>
internal sealed class ArchivePutCommand
{
    private readonly Argument<string> _source = new("FILE|DIR|PATTERN")
    {
        Description = "File, directory, pattern as \"dir/*.jpg\", or several with commas; left out with --list or --template",
    };

    private readonly Argument<string?> _destination = new("BUCKET/SHARD_NAME")
    {
        Description = "The archive; its ending says its format: .tar, .tgz, .tar.gz, .zip or .tar.lz4",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _append = new("--append") { Description = "Add to the archive, which must exist" };
    private readonly Option<bool> _appendOrPut = new("--append-or-put")
    {
        Description = "Add to the archive, or make it when there is none; without it one file takes the archive's place",
    };

    private readonly Option<string?> _path = new("--archpath")
    {
        Description = "Name of the file in the archive; of several what their names begin with",
        HelpName = "NAME",
    };

    private readonly Option<bool> _recursive = new("--recursive", "-r") { Description = "Go into directories below" };
    private readonly Option<bool> _includeSourceDirectory = new("--include-src-dir")
    {
        Description = "Begin names with the name of the directory",
    };

    private readonly Option<string?> _list = BucketJobCommands.ListOption();
    private readonly Option<string?> _template = BucketJobCommands.TemplateOption();
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would be done" };
    private readonly Option<bool> _continue = new("--cont-on-err")
    {
        Description = "Go on with the other files when one cannot be added; this is always done",
    };

    private readonly Option<bool> _progress = new("--progress")
    {
        Description = "Show how far it is; in a terminal this is always done",
    };

    private readonly CliHost _host;

    private ArchivePutCommand(CliHost host) => _host = host;

    /// <summary>Builds the command.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="shown">The whole command, for the examples.</param>
    public static Command Create(CliHost host, string shown)
    {
        var put = new ArchivePutCommand(host);
        var command = new DocumentedCommand(
            "put",
            "Make an archive of files on this machine, or add files to one",
            $"{shown} README.md ais://docs/all.tar --archpath docs/README --append",
            $"{shown} README.md ais://docs/all.tar.lz4 --append-or-put",
            $"{shown} ./photos ais://shards/photos.tar --recursive --append-or-put",
            $"{shown} \"sys, docs\" ais://shards/both.zip --archpath src/ -r -y --dry-run",
            $"{shown} ais://shards/a.tar --template \"/tmp/f-{{00..99}}.txt\" --append-or-put -y")
        {
            put._source, put._destination, put._append, put._appendOrPut, put._path, put._recursive,
            put._includeSourceDirectory, put._list, put._template, put._dryRun, put._continue, put._progress,
            CommonOptions.Yes, CommonOptions.Json,
        };
        command.SetAction(put.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var first = parsed.GetRequiredValue(_source);
        var second = parsed.GetValue(_destination);
        var (list, template) = (parsed.GetValue(_list), parsed.GetValue(_template));
        if ((second is null) != (list is not null || template is not null) || (list is not null && template is not null))
        {
            throw new CliException(
                "expected are files and an archive", "write 'archive put FILE BUCKET/SHARD.tar', or "
                    + "'archive put BUCKET/SHARD.tar' with --list or --template");
        }
        var (archive, format) = ArchiveName.ParseNew(second ?? first);
        var path = parsed.GetValue(_path) ?? "";
        if (second is not null && File.Exists(_host.FullPath(first)))
        {
            var size = new FileInfo(_host.FullPath(first)).Length;
            var file = new SourceFile(_host.FullPath(first), path.Length == 0 ? Path.GetFileName(first) : path, size);
            var mode = parsed.GetValue(_append) ? Mode.Append
                : parsed.GetValue(_appendOrPut) ? Mode.AppendOrPut : Mode.Put;
            return await OneAsync((first, file), (archive, format), mode, parsed, cancellation);
        }
        var files = second is null ? Named(list, template, path, parsed) : Found(first, path, parsed);
        return await ManyAsync(files, (archive, format), parsed, cancellation);
    }

    private async Task<int> OneAsync(
        (string Word, SourceFile File) source, (ArchiveName Name, ArchiveFormat Format) archive, Mode mode, ParseResult parsed,
        CancellationToken cancellation)
    {
        var file = source.File;
        using var client = EndpointFinder.Connect(_host, parsed);
        var done = mode == Mode.Put ? "PUT" : "APPEND";
        if (parsed.GetValue(_dryRun))
        {
            _host.Writer.WriteLine($"[DRY RUN] {done} {source.Word} to {archive.Name} as \"{file.Name}\"");
            return 0;
        }
        var json = parsed.GetValue(CommonOptions.Json);
        var (report, runner) = await StoreAsync(client, [file], archive, mode, json, cancellation);
        if (json || report.Failed != 0)
        {
            return runner.Conclude(report, done, "file", $"=> {archive.Name}", json);
        }
        _host.Writer.WriteLine($"{done} {source.Word} to {archive.Name} as \"{file.Name}\"");
        return 0;
    }

    private async Task<int> ManyAsync(
        IReadOnlyList<SourceFile> files, (ArchiveName Name, ArchiveFormat Format) archive, ParseResult parsed,
        CancellationToken cancellation)
    {
        var json = parsed.GetValue(CommonOptions.Json);
        var asks = !parsed.GetValue(CommonOptions.Yes) && !json ? _host.Confirm : null;
        if (!parsed.GetValue(_append) && !parsed.GetValue(_appendOrPut))
        {
            ErrorText.Warn(_host, "several files need either '--append' or '--append-or-put'; '--append-or-put' is assumed");
        }
        var total = files.Sum(file => file.Size);
        using var client = EndpointFinder.Connect(_host, parsed);
        await TransferOptions.RequireBucketAsync(client, archive.Name.Bucket, cancellation);
        var exists = await client.Objects.HeadAsync(archive.Name.Bucket, archive.Name.Name, cancellation) is not null;
        if (!exists && parsed.GetValue(_append))
        {
            throw new CliException($"object \"{archive.Name}\" does not exist", "--append-or-put makes it");
        }
        var (mode, done) = exists ? (Mode.Append, "APPEND") : (Mode.Put, "PUT");
        if (parsed.GetValue(_dryRun))
        {
            foreach (var file in files)
            {
                _host.Writer.WriteLine(
                    $"[DRY RUN] {done} {file.Path} to {archive.Name} as \"{file.Name}\" ({_host.Size(file.Size)})");
            }
            _host.Writer.WriteLine($"[DRY RUN] {files.Count} files, {_host.Size(total)}; nothing was stored");
            return 0;
        }
        if (asks?.Invoke($"{done} {files.Count} files ({_host.Size(total)}) => {archive.Name}?") == false)
        {
            throw new CliException("not confirmed, nothing was done");
        }
        var (report, runner) = await StoreAsync(client, files, archive, mode, json, cancellation);
        return runner.Conclude(report, done, "file", $"=> {archive.Name}", json);
    }

    // A new archive is sent in one piece; files are added one after the other, since each makes a new version of the archive.
    private async Task<(TransferReport Report, TransferRunner Runner)> StoreAsync(
        SkeinClient client, IReadOnlyList<SourceFile> files, (ArchiveName Name, ArchiveFormat Format) archive,
        Mode mode, bool json, CancellationToken cancellation)
    {
        var (name, format) = archive;
        var progress = new TransferProgress(_host, quiet: json);
        var runner = new TransferRunner(_host, progress);
        var total = files.Sum(file => file.Size);
        TransferReport? report = null;
        if (mode != Mode.Put)
        {
            _host.Interruption.Note(() => $"{progress.Objects} of {files.Count} files are in {name}; they stay.");
            await progress.ShowAsync("APPEND", files.Count, total, async () => report = await runner.RunAsync(
                files.ToAsyncEnumerable(),
                file => file.Path,
                async (file, token) =>
                {
                    await client.Archives.AddFileAsync(
                        name.Bucket, name.Name, file.Name, ObjectSource.FromFile(file.Path),
                        creates: mode == Mode.AppendOrPut, token);
                    progress.Report(file.Size);
                },
                workers: 1, cancellation));
        }
        else
        {
            _host.Interruption.Note(() => $"{name} was not stored, or is complete if the cluster had all of it.");
            var started = _host.Time.GetTimestamp();
            var members = files.Select(file => new ShardFile(file.Name, file.Size, () => File.OpenRead(file.Path)));
            var uploader = new ShardUploader(client, _host, progress);
            await progress.ShowAsync("PUT", files.Count, total, () => uploader.StoreAsync(name, format, members, cancellation));
            report = TransferReport.Done(files.Count, total, _host.Time.GetElapsedTime(started));
        }
        _host.Interruption.Clear();
        return (report!, runner);
    }

    // --list and --template; a template without a range is a directory.
    private IReadOnlyList<SourceFile> Named(string? list, string? template, string path, ParseResult parsed) =>
        template is not null && Directory.Exists(_host.FullPath(template))
            ? Found(template, path, parsed)
            : FilePatterns.Named(_host.CurrentDirectory, path, list, template);

    // Files, directories and patterns divided by commas.
    private List<SourceFile> Found(string words, string prefix, ParseResult parsed)
    {
        var files = new List<SourceFile>();
        foreach (var word in words.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var path = _host.FullPath(word);
            if (Directory.Exists(path))
            {
                var folder = parsed.GetValue(_includeSourceDirectory)
                    ? Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) + "/"
                    : "";
                files.AddRange(FileCollector.Require(_host, path, prefix + folder, parsed.GetValue(_recursive)));
            }
            else if (File.Exists(path))
            {
                files.Add(new SourceFile(path, prefix + Path.GetFileName(path), new FileInfo(path).Length));
            }
            else
            {
                files.AddRange(FilePatterns.IsPattern(path) ? FilePatterns.Matching(path, prefix) : []);
            }
        }
        return files.Count != 0 ? files : throw new CliException($"there is no file or directory \"{words}\"");
    }

    private enum Mode
    {
        Put,
        Append,
        AppendOrPut,
    }
}
