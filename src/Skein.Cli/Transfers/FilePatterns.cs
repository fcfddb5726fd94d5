using System.IO.Enumeration;
using Skein.Core.Errors;
using Skein.Core.Objects;

namespace Skein.Cli.Transfers;

/// <summary>Finds files by a list, by a template, or by a pattern with <c>*</c> and <c>?</c>.</summary>
internal static class FilePatterns
{
    private const int MaxNames = 1_000_000;

    /// <summary>True for a path whose last part is a pattern.</summary>
    public static bool IsPattern(string path) => Path.GetFileName(path).AsSpan().ContainsAny('*', '?');

    /// <summary>The files of a folder that a pattern means, in bytewise order.</summary>
    /// <param name="path">Absolute path; its last part is the pattern.</param>
    /// <param name="prefix">What object names begin with.</param>
    public static IReadOnlyList<SourceFile> Matching(string path, string prefix)
    {
        var (folder, pattern) = (Path.GetDirectoryName(path)!, Path.GetFileName(path));
        if (!Directory.Exists(folder))
        {
            return [];
        }
        return
        [
            .. Directory.EnumerateFiles(folder)
                .Where(file => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file), ignoreCase: false))
                .Order(StringComparer.Ordinal)
                .Select(file => new SourceFile(file, prefix + Path.GetFileName(file), new FileInfo(file).Length)),
        ];
    }

    /// <summary>The files that a list or a template names.</summary>
    /// <param name="folder">Where names begin that are not absolute.</param>
    /// <param name="prefix">What object names begin with.</param>
    /// <param name="list">Names divided by commas; null for the template.</param>
    /// <param name="template">A template with ranges, or the beginning of paths.</param>
    /// <exception cref="CliException">When a file does not exist, or the template is wrong.</exception>
    public static IReadOnlyList<SourceFile> Named(string folder, string prefix, string? list, string? template)
    {
        var names = list is not null
            ? list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : FromTemplate(template!);
        return [.. names.Select(name => One(folder, prefix, name))];
    }

    private static SourceFile One(string folder, string prefix, string name)
    {
        var path = Path.GetFullPath(name, folder);
        return File.Exists(path)
            ? new SourceFile(path, prefix + Path.GetFileName(name), new FileInfo(path).Length)
            : throw new CliException($"there is no file \"{name}\"");
    }

    private static IEnumerable<string> FromTemplate(string text)
    {
        try
        {
            var template = NameTemplate.Parse(text);
            return template.Count <= MaxNames
                ? template.Names()
                : throw new CliException($"the template has {template.Count} names, at most {MaxNames} are possible");
        }
        catch (StoreException e)
        {
            throw new CliException(e.Message, "write it as \"dir/file-{000..099}.txt\"");
        }
    }
}
