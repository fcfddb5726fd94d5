using Skein.Storage.Disk;

namespace Skein.Storage.Objects;

/// <summary>Limits of the object store. The defaults suit; tests change them.</summary>
public sealed record ObjectStoreOptions
{
    /// <summary>
    /// Most threads per mountpath that wait for the device (fsync); started when needed, as many as the device is quick
    /// with. 1 to 64.
    /// </summary>
    public int SyncThreads { get; init; } = 32;

    /// <summary>Index changes of one mountpath that may wait for its writer before writes wait. At least 16.</summary>
    public int IndexQueueLimit { get; init; } = 8192;

    /// <summary>Index changes in one transaction at most. At least 1.</summary>
    public int IndexBatchLimit { get; init; } = 1024;

    /// <summary>Read connections to one mountpath's index that are kept open. At least 1.</summary>
    public int IndexReaders { get; init; } = 4;

    /// <summary>Size in bytes at which the log of begun changes is started anew. At least 4096.</summary>
    public long IntentLogLimit { get; init; } = 1 << 20;

    /// <summary>How long a listing waits for an index that is being rebuilt before it answers "not ready".</summary>
    public TimeSpan ListingWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after a failure an index is rebuilt.</summary>
    public TimeSpan IndexRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a resilver that met a failing disk waits until the disk is taken out of use.</summary>
    public TimeSpan FailedDiskWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Identifies this boot of the machine; null to ask the kernel.</summary>
    public string? BootId { get; init; }

    /// <summary>For tests: called with the name of each step of the index that a crash may hit.</summary>
    internal Action<string>? FaultPoint { get; init; }

    /// <summary>For tests: wraps each mountpath's disk.</summary>
    internal Func<IDisk, IDisk>? WrapDisk { get; init; }
}
