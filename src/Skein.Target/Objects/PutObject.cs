using System.IO.Pipelines;
using Skein.Core.Objects;
using Skein.Gateway.Ports;
using Skein.Storage.Objects;

namespace Skein.Target.Objects;

/// <summary>
/// Stores an object: 1. may this target write the name? 2. is it what is stored already? 3. which version was before?
/// 4. stream to a work file with the checksums in line; 5. verify, make durable, make visible
/// (<see cref="ObjectWriter.CommitAsync"/>), if the name is still this target's;
/// 6. is the name still this target's? Only then it is acknowledged.
/// </summary>
internal sealed class PutObject(TargetServices services)
{
    public async Task<PutObjectResult> RunAsync(PutObjectRequest request, CancellationToken cancellation)
    {
        var ownership = await services.EnterAsync(request, cancellation).ConfigureAwait(false);
        var bucket = services.Bucket(request);
        var declared = Canonical(request);
        var before = request.SkipVersionCheck
            ? null
            : await BeforeAsync(request, bucket, cancellation).ConfigureAwait(false);
        if (before is { IsHere: true } && IsSame(request, declared, before.Attributes))
        {
            await DiscardAsync(request.Body, cancellation).ConfigureAwait(false);
            services.Confirm(request, ownership);
            return new PutObjectResult(null);
        }
        var writer = await services.Store
            .BeginWriteAsync(bucket, request.Name, request.Length, declared?.Type, cancellation)
            .ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await CopyAsync(request.Body, writer, cancellation).ConfigureAwait(false);
            if (before is not null)
            {
                services.Clock.Observe(before.Attributes.Stamp.Clock);
            }
            using var passage = services.Pass(request, ownership);
            var commit = new WriteCommit
            {
                Custom = request.Custom,
                Expected = declared,
                PreviousVersion = PreviousVersion(request, before),
                Stamp = services.Stamp(ownership),
            };
            var stored = await writer.CommitAsync(commit, cancellation).ConfigureAwait(false);
            services.Confirm(request, ownership);
            return new PutObjectResult(stored);
        }
    }

    /// <summary>The object that the write replaces, here or on another target.</summary>
    private async Task<Before?> BeforeAsync(
        PutObjectRequest request, BucketRef bucket, CancellationToken cancellation)
    {
        var unsettled = Neighbours.MayHave(request.Call);
        if (request.Declared is null && !unsettled)
        {
            return null;
        }
        var stat = await services.Store.StatAsync(bucket, request.Name, cancellation).ConfigureAwait(false);
        var here = stat is null ? null : new Before(stat.Attributes, IsHere: true);
        if (!unsettled)
        {
            return here;
        }
        // Who does not answer now matters little: what is written here is newer than anything there.
        var copy = await services.Neighbours
            .FindAsync(request, stat?.Attributes.Stamp, toleratesSilence: true, cancellation)
            .ConfigureAwait(false);
        return copy is null ? here : new Before(copy.Attributes, IsHere: false);
    }

    /// <summary>
    /// The version to continue from: what the client says; what another target has; null to let the store look at its
    /// own object under its lock.
    /// </summary>
    private static string? PreviousVersion(PutObjectRequest request, Before? before) =>
        request.PreviousVersion.Length != 0 ? request.PreviousVersion
        : before is { IsHere: false } ? before.Attributes.Version
        : null;

    /// <summary>True when what is stored is what is to be stored.</summary>
    /// <param name="request">What is to be stored.</param>
    /// <param name="declared">From <see cref="Canonical"/>.</param>
    /// <param name="stored">What is stored.</param>
    public static bool IsSame(PutObjectRequest request, Checksum? declared, ObjectAttributes stored) =>
        declared is { Value.Length: > 0 } && declared == stored.Checksum
        && (request.ComparesCustom
            ? request.Length == stored.Size && stored.Custom.SequenceEqual(request.Custom)
            : request.Custom.Count == 0);

    /// <summary>Both names of XXH64 stand for the same digest: a client's is taken as the bucket's.</summary>
    public static Checksum? Canonical(PutObjectRequest request) =>
        request.Declared is { Type: ChecksumTypes.XxHash } declared && request.Props.Checksum.Type == ChecksumTypes.XxHash2
            ? declared with { Type = ChecksumTypes.XxHash2 }
            : request.Declared;

    private static async Task CopyAsync(PipeReader body, ObjectWriter writer, CancellationToken cancellation)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellation).ConfigureAwait(false);
            await writer.WriteAsync(result.Buffer, cancellation).ConfigureAwait(false);
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private static async Task DiscardAsync(PipeReader body, CancellationToken cancellation)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellation).ConfigureAwait(false);
            body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private sealed record Before(ObjectAttributes Attributes, bool IsHere);
}
