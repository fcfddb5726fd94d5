using Skein.Core.Objects;
using Skein.Storage.Mountpaths;

namespace Skein.Storage.Objects;

/// <summary>What is known of a stored object, without its bytes.</summary>
/// <param name="Attributes">The attributes.</param>
/// <param name="Mountpath">The mountpath that holds it.</param>
/// <param name="PhysicalPath">Where the file lay when it was looked at.</param>
public sealed record ObjectStat(ObjectAttributes Attributes, Mountpath Mountpath, string PhysicalPath);
