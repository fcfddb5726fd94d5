using System.IO.Hashing;
using System.Text;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Storage.Disk;

namespace Skein.Target.Promotion;

/// <summary>One file that is to become an object.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Name">Name of the object.</param>
internal sealed record PromotedFile(string Path, string Name);

/// <summary>
/// The files below the configured folders. What does not lie below one of them, also by way of a symbolic link, is not
/// read.
/// </summary>
/// <param name="self">This target, for messages.</param>
/// <param name="roots">The folders, absolute.</param>
internal sealed class PromoteFiles(string self, IReadOnlyList<string> roots)
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>Opens a file or folder; null when there is nothing at the path.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.InvalidRequest"/> for a path that is not absolute, with
    /// <see cref="StoreErrorCode.Forbidden"/> for one that lies elsewhere.
    /// </exception>
    public OutsideFile? Open(string path)
    {
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"promote: expecting an absolute path of a file or folder on the targets, not \"{Shorten(path)}\"");
        }
        if (!IsBelow(Path.GetFullPath(path), roots))
        {
            throw Outside(path);
        }
        var file = OutsideFile.Open(path);
        if (file is null)
        {
            return null;
        }
        if (IsBelow(file.RealPath, [.. roots.Select(RealRoot)]))
        {
            return file;
        }
        file.Dispose();
        throw Outside(path);
    }

    /// <summary>
    /// The files that are meant: the one of the path, or those in the folder, with the folders below when it is asked for.
    /// </summary>
    /// <param name="message">What is asked for.</param>
    /// <param name="failed">Told of what is passed over: path and reason.</param>
    public IEnumerable<PromotedFile> Find(PromoteMessage message, Action<string, string> failed)
    {
        var path = (message.Source ?? "").TrimEnd('/');
        using (var opened = Open(path) ?? throw Missing(path))
        {
            if (opened.Size >= 0)
            {
                return [new PromotedFile(path, NameOf(message, Path.GetFileName(path), isFolder: false))];
            }
        }
        return Directory.Exists(path)
            ? Walk(message, path, failed)
            : throw new StoreException(StoreErrorCode.InvalidRequest, $"{path} is neither a file nor a folder");
    }

    /// <summary>What this target sees of the files.</summary>
    public PromoteSight Look(PromoteMessage message)
    {
        using (var opened = Open((message.Source ?? "").TrimEnd('/')))
        {
            if (opened is null)
            {
                return new PromoteSight();
            }
        }
        var (files, sum) = (0L, 0UL);
        foreach (var file in Find(message, static (_, _) => { }))
        {
            files++;
            sum += XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{SizeOf(file.Path)} {file.Name}"));
        }
        return new PromoteSight { Exists = true, Files = files, Sum = sum };
    }

    /// <summary>The error for a path where nothing is.</summary>
    public static StoreException Missing(string path) => new(
        StoreErrorCode.InvalidRequest, $"stat {Shorten(path)}: no such file or directory");

    private static IEnumerable<PromotedFile> Walk(PromoteMessage message, string root, Action<string, string> failed)
    {
        var pending = new Stack<string>();
        pending.Push(root);
        while (pending.TryPop(out var folder))
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything))
            {
                if (entry is DirectoryInfo)
                {
                    if (entry.LinkTarget is not null)
                    {
                        failed(entry.FullName, "links to folders are not followed");
                    }
                    else if (message.IsRecursive)
                    {
                        pending.Push(entry.FullName);
                    }
                    continue;
                }
                yield return new PromotedFile(
                    entry.FullName, NameOf(message, Path.GetRelativePath(root, entry.FullName), isFolder: true));
            }
        }
    }

    /// <summary>A given name that ends with a slash, or stands for a folder, is what the names begin with.</summary>
    private static string NameOf(PromoteMessage message, string own, bool isFolder)
    {
        var given = message.ObjectName ?? "";
        return given.Length == 0 ? own
            : given.EndsWith('/') ? given + own
            : isFolder ? $"{given}/{own}"
            : given;
    }

    private static long SizeOf(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (IOException)
        {
            return -1; // it went away, or is a link to nothing
        }
    }

    private static string RealRoot(string root)
    {
        using var opened = OutsideFile.Open(root);
        return opened?.RealPath ?? root;
    }

    private static bool IsBelow(string path, IReadOnlyList<string> folders) => folders.Any(folder =>
        path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal));

    private static string Shorten(string path) => path.Length > 200 ? path[..200] : path;

    private StoreException Outside(string path) => new(
        StoreErrorCode.Forbidden,
        roots.Count == 0
            ? $"{self} promotes nothing: promote_roots of its local configuration is empty"
            : $"{self}: {Shorten(path)} does not lie below [{string.Join(' ', roots)}] (promote_roots of its local "
                + "configuration)");
}
