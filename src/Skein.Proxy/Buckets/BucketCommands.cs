using System.Text.Json;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Maps;
using Skein.Gateway.Ports;

namespace Skein.Proxy.Buckets;

/// <summary>Changes of buckets as changes of the control document. Runs on the primary.</summary>
/// <param name="control">Commits them.</param>
/// <param name="metadata">The present document, for the number of targets.</param>
/// <param name="time">Clock for the time of creation.</param>
public sealed class BucketCommands(IControlPlane control, IMetadataSource metadata, TimeProvider time) : IBucketCommands
{
    private const string CreateAction = "create-bck";

    /// <inheritdoc/>
    public Task CreateAsync(BucketCommand command, CancellationToken cancellation)
    {
        if (command.Bucket.Provider != Providers.Ais)
        {
            throw new StoreException(
                StoreErrorCode.NotImplemented,
                $"cannot create bucket {command.Bucket}: creating a {command.Bucket.Provider} bucket is not implemented");
        }
        var created = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var targets = TargetCount;
        var change = new CreateBucket(
            command.Bucket,
            (config, id) => Patched(
                BucketProps.Create(config, command.Bucket.Provider, id, created), command.Value, targets, CreateAction));
        return CommitAsync(change, command, cancellation);
    }

    /// <inheritdoc/>
    public async Task CreateLikeAsync(
        CallContext call, BucketName bucket, BucketName like, CancellationToken cancellation)
    {
        var source = metadata.Current.Document.Buckets.Find(like)
            ?? throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{like}\" does not exist");
        var created = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var change = new CreateBucket(
            bucket,
            (_, id) => source with
            {
                BucketId = id,
                CreatedNanoseconds = created,
                Provider = bucket.Provider,
                Backend = new BackendBucketSection(),
                Renamed = "",
            });
        try
        {
            await control.ProposeAsync(change, call.Who, $"a copy of {like}", cancellation).ConfigureAwait(false);
        }
        catch (StoreException e) when (e.Code == StoreErrorCode.BucketExists)
        {
            // Somebody else was quicker.
        }
    }

    /// <inheritdoc/>
    public Task BeginRenameAsync(
        CallContext call, BucketName from, BucketName to, string jobId, CancellationToken cancellation)
    {
        var created = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        return control.ProposeAsync(new BeginRename(from, to, jobId, created), call.Who, "", cancellation);
    }

    /// <inheritdoc/>
    public Task CancelRenameAsync(CallContext call, BucketName from, string jobId, CancellationToken cancellation) =>
        control.ProposeAsync(
            new EndRename(from, jobId, RenameOutcome.NotBegun), call.Who, "its job was not started", cancellation);

    /// <inheritdoc/>
    public Task DestroyAsync(BucketCommand command, CancellationToken cancellation) =>
        CommitAsync(new DestroyBucket(command.Bucket), command, cancellation);

    /// <inheritdoc/>
    public Task SetPropsAsync(BucketCommand command, CancellationToken cancellation)
    {
        var targets = TargetCount;
        var change = new SetBucketProps(
            command.Bucket,
            (_, props) => Patched(props, command.Value, targets, BucketPropsPatch.SetAction));
        return CommitAsync(change, command, cancellation);
    }

    /// <inheritdoc/>
    public Task ResetPropsAsync(BucketCommand command, CancellationToken cancellation) =>
        CommitAsync(
            new SetBucketProps(command.Bucket, (config, props) => Reset(command.Bucket, props, config)),
            command,
            cancellation);

    private static BucketProps Reset(BucketName bucket, BucketProps props, ClusterConfig config) => bucket.IsRemote
        ? BucketProps.CreateRemote(
            config, bucket, props.Versioning.Enabled, props.BucketId, props.CreatedNanoseconds)
        : BucketPropsPatch.Reset(props, config);

    private int TargetCount => metadata.Current.Document.Map.ActiveTargets.Count;

    private Task<SealedDocument> CommitAsync(ControlChange change, BucketCommand command, CancellationToken cancellation) =>
        control.ProposeAsync(change, command.Call.Who, "", cancellation);

    private static BucketProps Patched(BucketProps props, JsonElement? value, int targets, string action) =>
        value is { } element && element.ValueKind != JsonValueKind.Undefined
            ? BucketPropsPatch.Apply(props, element, targets, action)
            : props;
}
