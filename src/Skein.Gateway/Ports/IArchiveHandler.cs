using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Skein.Core.Archives;
using Skein.Core.Errors;

namespace Skein.Gateway.Ports;

/// <summary>Reads and changes archives that are objects: a target does.</summary>
public interface IArchiveHandler
{
    /// <summary>Opens one file of an archive, or those that match.</summary>
    /// <exception cref="StoreException">
    /// When the object or every wanted file is missing, or the object is no archive of the format.
    /// </exception>
    Task<ArchiveContent> GetAsync(ReadArchiveRequest request, CancellationToken cancellation);

    /// <summary>Adds a file to an archive; when it returns the archive is as durable as the bucket asks.</summary>
    /// <exception cref="StoreException">When nothing was added; then the archive is as before.</exception>
    Task AppendAsync(AppendArchiveRequest request, CancellationToken cancellation);
}

/// <summary>How names in an archive are compared with a pattern.</summary>
public enum ArchiveMatchMode
{
    /// <summary>By a regular expression that may match anywhere.</summary>
    Regexp,

    /// <summary>By how they begin.</summary>
    Prefix,

    /// <summary>By how they end.</summary>
    Suffix,

    /// <summary>By what they contain.</summary>
    Substring,

    /// <summary>By the key of a sample in a web dataset: the name without its last extension.</summary>
    WebDatasetKey,
}

/// <summary>Read from an archive.</summary>
public sealed record ReadArchiveRequest : ObjectRequest
{
    /// <summary>The one file wanted; null to match.</summary>
    public string? Path { get; init; }

    /// <summary>What to look for when <see cref="Path"/> is null; empty for everything.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>How to compare with <see cref="Pattern"/>.</summary>
    public ArchiveMatchMode Mode { get; init; }

    /// <summary>The format that the client says; null to find out.</summary>
    public ArchiveFormat? Format { get; init; }

    /// <summary>The part of the query that asks for this, encoded: for another target that has the object.</summary>
    public required string Query { get; init; }
}

/// <summary>What becomes of an archive that a file is added to.</summary>
public enum AppendMode
{
    /// <summary>A new archive with this one file takes its place.</summary>
    Create = 0,

    /// <summary>It must exist.</summary>
    Append = 1,

    /// <summary>It is created when it does not exist.</summary>
    AppendOrCreate = 2,
}

/// <summary>Add a file to an archive.</summary>
public sealed record AppendArchiveRequest : ObjectRequest
{
    /// <summary>Name of the file in the archive, validated.</summary>
    public required string Path { get; init; }

    /// <summary>The format that the client says; null to find out.</summary>
    public ArchiveFormat? Format { get; init; }

    /// <summary>What becomes of the archive.</summary>
    public AppendMode Mode { get; init; }

    /// <summary>The bytes of the file.</summary>
    public required PipeReader Body { get; init; }

    /// <summary>Their number.</summary>
    public required long Length { get; init; }
}

/// <summary>Something out of an archive, open and ready to be sent. Dispose it after sending.</summary>
public abstract class ArchiveContent : IAsyncDisposable
{
    /// <summary>Media type of what is sent.</summary>
    public required string ContentType { get; init; }

    /// <summary>Number of bytes that are sent; null when that is not known before.</summary>
    public long? Length { get; init; }

    /// <summary>Sends it.</summary>
    /// <param name="body">Where it goes.</param>
    /// <param name="features">Features of the request, for transports that can send a file by themselves.</param>
    /// <param name="cancellation">Cancelled when the client is gone.</param>
    public abstract Task SendAsync(PipeWriter body, IFeatureCollection features, CancellationToken cancellation);

    /// <summary>Releases what is behind it.</summary>
    public abstract ValueTask DisposeAsync();
}
