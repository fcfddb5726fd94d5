using Skein.Core.Objects;
using Skein.Gateway.Ports;
using Skein.Target.Copies;
using Skein.Target.Remote;
using Skein.Target.Uploads;

namespace Skein.Target.Objects;

/// <summary>What a target can do with single objects beside reading, writing and deleting them.</summary>
internal sealed class ObjectActions(TargetServices services, ObjectCopier copier, RemoteParts remote) : IObjectActions
{
    private readonly RenameObject _rename = new(services, copier);
    private readonly CopyObject _copy = new(services, copier, remote);
    private readonly AppendObject _append = new(services, copier, remote);
    private readonly MultipartUploads _uploads = new(services, copier);

    public Task RenameAsync(RenameObjectRequest request, CancellationToken cancellation) =>
        _rename.RunAsync(request, cancellation);

    public Task CopyAsync(CopyObjectRequest request, CancellationToken cancellation) =>
        _copy.RunAsync(request, cancellation);

    public Task<ObjectLock> CheckLockAsync(CheckLockRequest request, CancellationToken cancellation) =>
        Task.FromResult(
            services.Store.IsLocked(services.Bucket(request), request.Name)
                || services.Moves.Guards.IsHeld(request.Props.BucketId, request.Name)
                ? ObjectLock.Write
                : ObjectLock.None);

    public Task<AppendHandle> AppendAsync(AppendObjectRequest request, CancellationToken cancellation) =>
        _append.AppendAsync(request, cancellation);

    public Task FlushAsync(FlushObjectRequest request, CancellationToken cancellation) =>
        _append.FlushAsync(request, cancellation);

    public Task<string> BeginUploadAsync(BeginUploadRequest request, CancellationToken cancellation) =>
        _uploads.BeginAsync(request, cancellation);

    public Task<string> PutPartAsync(PutPartRequest request, CancellationToken cancellation) =>
        _uploads.PutPartAsync(request, cancellation);

    public Task CompleteUploadAsync(CompleteUploadRequest request, CancellationToken cancellation) =>
        _uploads.CompleteAsync(request, cancellation);

    public Task AbortUploadAsync(AbortUploadRequest request, CancellationToken cancellation) =>
        _uploads.AbortAsync(request, cancellation);
}
