using System.Globalization;

namespace Skein.Storage.Objects;

/// <summary>The versions that clients see: a counter per name.</summary>
internal static class ObjectVersion
{
    /// <summary>The version of a write.</summary>
    /// <param name="enabled">False where the bucket keeps no versions.</param>
    /// <param name="stored">Version of the object that is replaced; null when there is none.</param>
    /// <param name="commit">What the writer says.</param>
    public static string Next(bool enabled, string? stored, WriteCommit commit)
    {
        if (!enabled)
        {
            return "";
        }
        if (commit.ExactVersion is not null)
        {
            return commit.ExactVersion;
        }
        var previous = commit.PreviousVersion ?? stored;
        return ulong.TryParse(previous, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number < ulong.MaxValue
            ? (number + 1).ToString(CultureInfo.InvariantCulture) : "1";
    }
}
