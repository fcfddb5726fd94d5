using System.CommandLine;
using Skein.Cli.Archives;
using Skein.Cli.Transfers;
using Skein.Client;

namespace Skein.Cli.Commands;

/// <summary><c>skein get</c> of files in an archive.</summary>
/// <param name="host">The machine.</param>
internal sealed class GetArchive(CliHost host)
{
    private static readonly string[] Modes = ["regexp", "prefix", "suffix", "substr", "wdskey"];

    private readonly Option<string?> _path = new("--archpath")
    {
        Description = "Of an archive read only the file of this name",
        HelpName = "NAME",
    };

    private readonly Option<string?> _pattern = new("--archregx")
    {
        Description = "Of an archive read the files whose names match, as TAR",
        HelpName = "PATTERN",
    };

    private readonly Option<string?> _mode = new("--archmode")
    {
        Description = "How --archregx is compared: " + string.Join(", ", Modes) + " (default: regexp)",
        HelpName = "MODE",
    };

    private readonly Option<string?> _mime = new("--archmime")
    {
        Description = "Format of an archive whose name does not say it: .tar, .tgz, .zip, .tar.lz4",
        HelpName = "FORMAT",
    };

    /// <summary>The options, to be added to the command.</summary>
    public IEnumerable<Option> Options => [_path, _pattern, _mode, _mime];

    /// <summary>The format that was named; null for none.</summary>
    public string? Mime(ParseResult parsed) => parsed.GetValue(_mime);

    /// <summary>True when one of the options was given.</summary>
    public bool IsAsked(ParseResult parsed) =>
        parsed.GetValue(_path) is not null || parsed.GetValue(_pattern) is not null || parsed.GetValue(_mode) is not null;

    /// <summary>Reads what was asked for.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="archive">The archive; a file in it stands for --archpath.</param>
    /// <param name="output">File, folder or hyphen; null for the current directory.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<int> RunAsync(
        SkeinClient client, ArchiveName archive, string? output, ParseResult parsed, CancellationToken cancellation)
    {
        var (bucket, name) = (archive.Bucket, archive.Name);
        var path = parsed.GetValue(_path) ?? (archive.Path.Length == 0 ? null : archive.Path);
        var (pattern, mode) = (parsed.GetValue(_pattern), parsed.GetValue(_mode) ?? Modes[0]);
        if (path is not null && (pattern is not null || parsed.GetValue(_mode) is not null))
        {
            throw new CliException("--archpath names one file, --archregx several: they exclude each other");
        }
        if (!Modes.Contains(mode))
        {
            throw new CliException($"--archmode {mode} is unknown", "expected is one of " + string.Join(", ", Modes));
        }
        if (output == "-")
        {
            await using var stdout = host.OpenOutput();
            await CopyAsync(stdout);
            return 0;
        }
        var target = DownloadTarget(
            output, path is null ? Path.GetFileNameWithoutExtension(name) + ".tar" : Path.GetFileName(path));
        var temporary = $"{target}.{host.Random.Next():x8}.part";
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        try
        {
            await using (var file = File.Create(temporary))
            {
                await CopyAsync(file);
            }
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
        var what = path ?? $"files that match \"{pattern}\" ({mode})";
        host.Writer.WriteLine(
            $"GET {what} from {bucket}/{name} as {target} ({host.Size(new FileInfo(target).Length)})");
        return 0;

        async Task CopyAsync(Stream stream)
        {
            var mime = Mime(parsed) ?? "";
            await using var content = path is null
                ? await client.Archives.GetMatchingAsync(bucket, name, pattern ?? "", mode, mime, cancellation)
                : await client.Archives.GetFileAsync(bucket, name, path, mime, cancellation);
            await content.Content.CopyToAsync(stream, cancellation);
        }
    }

    /// <summary>Reads the files of an archive whose names begin with a text, and unpacks them.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="archive">The archive, and what the names begin with.</param>
    /// <param name="directory">Where to, absolute.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<int> UnpackAsync(
        SkeinClient client, ArchiveName archive, string directory, ParseResult parsed, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var temporary = Path.Combine(directory, $".{host.Random.Next():x8}.part");
        try
        {
            await using (var file = File.Create(temporary))
            await using (var content = await client.Archives.GetMatchingAsync(
                archive.Bucket, archive.Name, archive.Path, "prefix", Mime(parsed) ?? "", cancellation))
            {
                await content.Content.CopyToAsync(file, cancellation);
            }
            await ArchiveExtractor.ExtractAsync(temporary, ".tar", directory, cancellation);
        }
        finally
        {
            File.Delete(temporary);
        }
        host.Writer.WriteLine(
            $"GET files of {archive} whose names begin with \"{archive.Path}\" and extract to {directory}/");
        return 0;
    }

    private string DownloadTarget(string? output, string fileName)
    {
        var path = host.FullPath(output ?? ".");
        return Directory.Exists(path) ? Path.Combine(path, fileName) : path;
    }
}
