using Skein.Core.Objects;
using Skein.Storage.Objects;

namespace Skein.Target.Copies;

/// <summary>The bytes that a copy is made of, and what goes with them.</summary>
/// <param name="Open">Opens the bytes anew: a stream of exactly <paramref name="Size"/> bytes, which do not change.</param>
/// <param name="Size">Number of bytes.</param>
/// <param name="Checksum">Checksum of the bytes, which the copy is verified with; <see cref="Checksum.None"/> for none.</param>
/// <param name="Custom">Custom metadata; a key occurs once.</param>
public sealed record CopySource(
    Func<Stream> Open, long Size, Checksum Checksum, IReadOnlyList<KeyValuePair<string, string>> Custom)
{
    /// <summary>True to leave an object alone that has the name already, whatever it is.</summary>
    public bool OnlyIfMissing { get; init; }

    /// <summary>An object that is open here; the handle stays the caller's to dispose, after the copy.</summary>
    public static CopySource Of(ObjectHandle handle) => new(
        () => new FileSlice(handle.File, handle.Attributes.Size),
        handle.Attributes.Size,
        handle.Attributes.Checksum,
        handle.Attributes.Custom);
}

/// <summary>What became of a copy.</summary>
/// <param name="Bytes">Size of the copy.</param>
/// <param name="IsWritten">False when the destination had the same bytes and custom metadata already.</param>
/// <param name="IsLocal">True when this target itself owns the destination.</param>
public readonly record struct CopyResult(long Bytes, bool IsWritten, bool IsLocal);
