using System.Text.Json;
using Skein.Core.Archives;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest.Archives;

/// <summary><c>PUT /v1/buckets/B {"action":"archive"}</c>: a job on the target that owns the archive.</summary>
internal sealed class ArchiveJobEndpoints(GatewayServices services, BucketLookup lookup)
{
    /// <summary>The action.</summary>
    public const string Action = "archive";

    /// <summary>Starts the job and answers with its id.</summary>
    public async Task StartAsync(RequestContext request, BucketName bucket, ActionMessage message)
    {
        var jobs = services.ClusterJobs
            ?? throw new StoreException(StoreErrorCode.NotImplemented, "this node starts no jobs");
        var props = await lookup.FindAsync(request, bucket).ConfigureAwait(false);
        ObjectEndpoints.RequireNoCloud(bucket, props, Action);
        var what = Read(message);
        if (string.IsNullOrEmpty(what.Destination?.Name))
        {
            throw new StoreException(StoreErrorCode.InvalidBucketName, "bucket name is missing");
        }
        var name = what.ArchiveName ?? "";
        ObjectName.Validate(name);
        CheckFormat(name, what.Mime ?? "");
        var to = BucketLookup.Resolve(request, what.Destination.ToName());
        var toProps = await lookup.FindAsync(request, to).ConfigureAwait(false);
        AccessCheck.Require(to, toProps, AccessPermissions.Put);
        ObjectEndpoints.RequireNoCloud(to, toProps, Action);
        var owner = request.Call.Metadata.Document.Map.Owner(HrwDigest.OfObject(to.Uname, name))
            ?? throw new StoreException(
                StoreErrorCode.NotReady, "there are no active targets in the cluster: start one and try again");
        var start = new JobMessage
        {
            Id = JobId.New(),
            Kind = Action,
            Node = owner.Id,
            Bucket = WireBucket.From(bucket),
            Work = new BucketWork
            {
                BucketId = props.BucketId,
                Names = BucketJobEndpoints.Names(message) with { Workers = -1 }, // one after another, in order
                Destination = WireBucket.From(to),
                DestinationId = toProps.BucketId,
                Participants = [owner.Id],
                Value = BucketJobEndpoints.WithoutNames(message),
            },
        };
        await request.TextAsync(await jobs.StartAsync(request.Call, start, request.Aborted).ConfigureAwait(false))
            .ConfigureAwait(false);
    }

    private static ArchiveMessage Read(ActionMessage message) =>
        WireJson.Read(message.Value, WireJsonContext.Default.ArchiveMessage, "*cmn.ArchiveBckMsg", Action)
        ?? new ArchiveMessage();

    /// <summary>An archive whose name says another format than it has would not be read again.</summary>
    private static void CheckFormat(string name, string mime)
    {
        var byName = ArchiveFormats.OfName(name);
        var said = mime.Length == 0 ? byName : ArchiveFormats.OfMime(mime);
        if (said is null)
        {
            throw new StoreException(
                StoreErrorCode.UnknownMime,
                $"\"{name}\": the name has no extension of an archive (.tar, .tgz, .tar.gz, .zip, .tar.lz4)");
        }
        if (byName is not null && byName != said)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, $"mime mismatch: \"{mime}\" for \"{name}\"");
        }
    }
}
