using System.Text.RegularExpressions;
using Skein.Core.Errors;
using Skein.Gateway.Ports;

namespace Skein.Target.Archives;

/// <summary>Says which files of an archive are wanted.</summary>
internal sealed class MemberMatcher
{
    private readonly string _pattern;
    private readonly ArchiveMatchMode _mode;
    private readonly Regex? _regex;

    /// <summary>Makes a matcher.</summary>
    /// <param name="pattern">What to look for; empty or <c>*</c> for all.</param>
    /// <param name="mode">How.</param>
    /// <exception cref="StoreException">For a bad regular expression, or too long a pattern.</exception>
    public MemberMatcher(string pattern, ArchiveMatchMode mode)
    {
        if (pattern.Length > ArchiveLimits.MaxPattern)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"archregx is longer than {ArchiveLimits.MaxPattern} characters");
        }
        _pattern = pattern == "*" ? "" : pattern;
        _mode = mode;
        if (mode == ArchiveMatchMode.Regexp && _pattern.Length != 0)
        {
            _regex = Compile(_pattern);
        }
    }

    /// <summary>True for a wanted file.</summary>
    /// <exception cref="StoreException">When the comparison takes too long.</exception>
    public bool Matches(string name)
    {
        if (_pattern.Length == 0)
        {
            return true;
        }
        try
        {
            return _mode switch
            {
                ArchiveMatchMode.Prefix => name.StartsWith(_pattern, StringComparison.Ordinal),
                ArchiveMatchMode.Suffix => name.EndsWith(_pattern, StringComparison.Ordinal),
                ArchiveMatchMode.Substring => name.Contains(_pattern, StringComparison.Ordinal),
                ArchiveMatchMode.WebDatasetKey => KeyOf(name).SequenceEqual(_pattern),
                _ => _regex!.IsMatch(name),
            };
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"archregx takes longer than {ArchiveLimits.MatchTimeout.TotalSeconds} s",
                error);
        }
    }

    /// <summary>The key of a sample in a web dataset: the path without its last extension and a leading slash.</summary>
    private static ReadOnlySpan<char> KeyOf(string name)
    {
        var slash = name.LastIndexOf('/');
        var dot = name.LastIndexOf('.');
        var key = dot > slash ? name.AsSpan(0, dot) : name;
        return key.StartsWith('/') ? key[1..] : key;
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            // AIStore's clients write Go's syntax, where a named group has a P.
            return new Regex(
                pattern.Replace("(?P<", "(?<", StringComparison.Ordinal),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
                ArchiveLimits.MatchTimeout);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid archregx: {error.Message}", error);
        }
    }
}
