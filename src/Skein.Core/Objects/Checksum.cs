namespace Skein.Core.Objects;

/// <summary>A checksum: its type by AIStore's name and its value in lower-case hex (big-endian digest).</summary>
/// <param name="Type">One of <see cref="ChecksumTypes.All"/>.</param>
/// <param name="Value">Lower-case hex; empty for type <c>none</c>.</param>
public sealed record Checksum(string Type, string Value)
{
    /// <summary>No checksum.</summary>
    public static Checksum None { get; } = new(ChecksumTypes.None, "");

    /// <summary>True for type <c>none</c>.</summary>
    public bool IsNone => Type == ChecksumTypes.None;

    /// <summary>Prints <c>type[value]</c>.</summary>
    public override string ToString() => $"{Type}[{Value}]";
}

/// <summary>The checksum types by their names on the wire.</summary>
public static class ChecksumTypes
{
    /// <summary>No checksum.</summary>
    public const string None = "none";

    /// <summary>XXH64 with seed 0.</summary>
    public const string XxHash = "xxhash";

    /// <summary>XXH64 with seed 0 under its newer name; the same digest as <see cref="XxHash"/>.</summary>
    public const string XxHash2 = "xxhash2";

    /// <summary>MD5.</summary>
    public const string Md5 = "md5";

    /// <summary>CRC-32C (Castagnoli).</summary>
    public const string Crc32C = "crc32c";

    /// <summary>SHA-256.</summary>
    public const string Sha256 = "sha256";

    /// <summary>SHA-512.</summary>
    public const string Sha512 = "sha512";

    /// <summary>Every type that a bucket or a client may name.</summary>
    public static IReadOnlyList<string> All { get; } = [Crc32C, Md5, Sha256, Sha512, XxHash, XxHash2, None];

    /// <summary>True when the name is one of <see cref="All"/>.</summary>
    public static bool IsKnown(string type) => All.Contains(type);
}
