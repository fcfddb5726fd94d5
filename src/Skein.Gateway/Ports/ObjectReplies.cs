using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Skein.Core.Objects;

namespace Skein.Gateway.Ports;

/// <summary>An object, or a range of one, that is open and ready to be sent. Dispose it after sending.</summary>
public abstract class ObjectContent : IAsyncDisposable
{
    /// <summary>Attributes of the whole object.</summary>
    public required ObjectAttributes Attributes { get; init; }

    /// <summary>Checksum to tell: the object's, or the range's where the bucket asks for that.</summary>
    public required Checksum Checksum { get; init; }

    /// <summary>First byte to send.</summary>
    public long Offset { get; init; }

    /// <summary>Number of bytes to send.</summary>
    public required long Length { get; init; }

    /// <summary>True when a range was asked for.</summary>
    public bool IsRange { get; init; }

    /// <summary>Sends exactly <see cref="Length"/> bytes.</summary>
    /// <param name="body">Where they go.</param>
    /// <param name="features">Features of the request, for transports that can send a file by themselves.</param>
    /// <param name="cancellation">Cancelled when the client is gone.</param>
    public abstract Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation);

    /// <summary>Releases the file or connection behind the content.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>What is known of an object.</summary>
/// <param name="Attributes">Its attributes.</param>
/// <param name="Location">Where it lies: <c>t[id]:mp[path, disk]</c>.</param>
/// <param name="MountpathPaths">Mountpaths that hold copies, at least one where it is present.</param>
public sealed record ObjectDescription(
    ObjectAttributes Attributes, string Location, IReadOnlyList<string> MountpathPaths)
{
    /// <summary>False for an object of a remote bucket that is not stored here; then it lies nowhere.</summary>
    public bool IsPresent { get; init; } = true;
}

/// <summary>The outcome of storing an object.</summary>
/// <param name="Attributes">Attributes of the stored object; null when the stored bytes were the same already.</param>
public sealed record PutObjectResult(ObjectAttributes? Attributes);
