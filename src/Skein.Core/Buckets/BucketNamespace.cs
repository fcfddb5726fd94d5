using System.Buffers;
using Skein.Core.Errors;

namespace Skein.Core.Buckets;

/// <summary>A namespace: an optional remote cluster (uuid or alias) and an optional name.</summary>
/// <param name="Uuid">Remote cluster's UUID or alias; empty for this cluster.</param>
/// <param name="Name">Namespace name; empty for the cluster's global namespace.</param>
public sealed record BucketNamespace(string Uuid, string Name)
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Longest part, in characters.</summary>
    public const int MaxPartLength = 64;

    /// <summary>This cluster's global namespace.</summary>
    public static BucketNamespace Global { get; } = new("", "");

    /// <summary>True for this cluster's global namespace.</summary>
    public bool IsGlobal => Uuid.Length == 0 && Name.Length == 0;

    /// <summary>True when the namespace is of another cluster.</summary>
    public bool IsRemote => Uuid.Length != 0;

    /// <summary>The form used in unique names: always <c>@uuid#name</c>.</summary>
    public string Uname => $"@{Uuid}#{Name}";

    /// <summary>The form that people see: <c>#name</c>, <c>@uuid</c>, <c>@uuid#name</c>, or empty for global.</summary>
    public override string ToString() =>
        (Uuid.Length == 0 ? "" : "@" + Uuid) + (Name.Length == 0 ? "" : "#" + Name);

    /// <summary>Reads <c>@uuid#name</c>, <c>#name</c>, <c>@uuid</c>, or a remote cluster's bare name.</summary>
    /// <exception cref="StoreException">When a part holds other than letters, digits, <c>-</c> and <c>_</c>.</exception>
    public static BucketNamespace Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text is "@#" or "#" or "@")
        {
            return Global;
        }
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var uuid = (hash < 0 ? text : text[..hash]).TrimStart('@');
        var name = hash < 0 ? "" : text[(hash + 1)..];
        if (uuid.AsSpan().ContainsAnyExcept(Allowed) || name.AsSpan().ContainsAnyExcept(Allowed)
            || uuid.Length > MaxPartLength || name.Length > MaxPartLength)
        {
            throw new StoreException(
                StoreErrorCode.InvalidBucketName,
                $"bucket namespace \"{(text.Length > 80 ? text[..80] : text)}\" is invalid: expecting @uuid#name with "
                    + "letters, numbers, dashes (-) and underscores (_) only");
        }
        return new BucketNamespace(uuid, name);
    }
}
