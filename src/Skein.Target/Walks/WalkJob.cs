using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Target.Jobs;

namespace Skein.Target.Walks;

/// <summary>One job over a bucket, for its work.</summary>
/// <param name="record">What it is.</param>
/// <param name="kind">Its kind.</param>
/// <param name="metadata">The present document.</param>
internal sealed class WalkJob(WalkRecord record, JobKind kind, IMetadataSource metadata)
{
    /// <summary>What is on disk of it.</summary>
    public WalkRecord Record => record;

    /// <summary>Its kind.</summary>
    public JobKind Kind => kind;

    /// <summary>Its id.</summary>
    public string Id => record.Id;

    /// <summary>When it began, Unix milliseconds.</summary>
    public long StartedMilliseconds { get; } = new DateTimeOffset(record.Started).ToUnixTimeMilliseconds();

    /// <summary>The bucket whose names it goes through.</summary>
    public BucketName Bucket { get; } = record.Bucket.ToName();

    /// <summary>The bucket that it writes to; null for none.</summary>
    public BucketName? Destination { get; } = record.Work.Destination?.ToName();

    /// <summary>Where it reports what it has done.</summary>
    public JobProgress Progress { get; private set; } = new();

    /// <summary>The present document.</summary>
    public SealedDocument Metadata => metadata.Current;

    /// <summary>The properties of the bucket.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.BucketNotFound"/> when it is gone.</exception>
    public BucketProps Props => Find(Bucket, record.Work.BucketId);

    /// <summary>The properties of the bucket that is written to.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.BucketNotFound"/> when it is gone.</exception>
    public BucketProps DestinationProps => Find(Destination!, record.Work.DestinationId);

    /// <summary>The client's message, as the kind reads it.</summary>
    /// <exception cref="StoreException">When it is malformed.</exception>
    public T ReadValue<T>(JsonTypeInfo<T> type, string shownType)
        where T : class, new() =>
        WireJson.Read(record.Work.Value, type, shownType, "") ?? new T();

    internal JobDescription Describe()
    {
        var description = new JobDescription(kind, record.Id) { Started = record.Started, Resumes = true, Bucket = Bucket };
        return Destination is null
            ? description
            : description with { Source = Bucket, Destination = Destination };
    }

    internal void Attach(JobProgress progress) => Progress = progress;

    private BucketProps Find(BucketName name, ulong id) =>
        metadata.Current.Document.Buckets.Find(name) is { } props && (id == 0 || props.BucketId == id)
            ? props
            : throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{name}\" does not exist any more");
}
