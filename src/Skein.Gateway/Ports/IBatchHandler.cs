using Skein.Core.Archives;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Wire;

namespace Skein.Gateway.Ports;

/// <summary>Puts many objects and files in archives together into one archive: a target does.</summary>
public interface IBatchHandler
{
    /// <summary>Opens the first of what is wanted, or all of it when the answer is to be described.</summary>
    /// <exception cref="StoreException">When one is missing and nothing has been said yet.</exception>
    Task<ArchiveContent> OpenAsync(BatchRequest request, CancellationToken cancellation);
}

/// <summary>Many objects as one archive.</summary>
/// <param name="Call">Who asks.</param>
/// <param name="Items">What is wanted; at least one.</param>
/// <param name="Format">Format of the answer.</param>
/// <param name="Message">The request as it came, checked.</param>
public sealed record BatchRequest(
    CallContext Call, IReadOnlyList<BatchItem> Items, ArchiveFormat Format, BatchMessage Message);

/// <summary>One thing that is wanted.</summary>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Props">Properties of that.</param>
/// <param name="Entry">What is wanted of it, checked.</param>
public sealed record BatchItem(BucketName Bucket, BucketProps Props, BatchEntry Entry)
{
    /// <summary>Object name.</summary>
    public string Name => Entry.ObjectName ?? "";

    /// <summary>The file in it; null for the object itself.</summary>
    public string? Path => string.IsNullOrEmpty(Entry.ArchivePath) ? null : Entry.ArchivePath;

    /// <summary>How people see it.</summary>
    public string Shown => Path is null ? $"{Bucket}/{Name}" : $"{Bucket}/{Name}/{Path}";
}
