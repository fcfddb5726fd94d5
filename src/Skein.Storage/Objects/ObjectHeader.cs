using Skein.Core.Objects;

namespace Skein.Storage.Objects;

/// <summary>All that is stored beside an object's bytes.</summary>
/// <param name="Attributes">What clients see.</param>
/// <param name="BucketId">The bucket's id when the object was written.</param>
/// <param name="Name">The full name where the path does not tell it (hashed form); null else.</param>
internal sealed record ObjectHeader(ObjectAttributes Attributes, ulong BucketId, string? Name);
