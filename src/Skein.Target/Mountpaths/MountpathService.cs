using Microsoft.Extensions.Logging;
using Skein.Core.Buckets;
using Skein.Core.Config;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Maps;
using Skein.Core.Wire;
using Skein.Gateway.Ports;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;
using Skein.Target.Buckets;
using Skein.Target.Jobs;

namespace Skein.Target.Mountpaths;

/// <summary>
/// The mountpaths of a target as its operators see them: changes them, starts the resilver that a change asks for, and
/// says how they are.
/// </summary>
public sealed class MountpathService : IMountpathCommands
{
    private readonly ObjectStore _store;
    private readonly IMetadataSource _metadata;
    private readonly BucketReferences _buckets;
    private readonly JobTable _jobs;
    private readonly ILogger _logger;
    private int _begun;
    private volatile bool _interrupted;

    /// <summary>Makes the service; it follows the store from now on.</summary>
    /// <param name="store">The objects.</param>
    /// <param name="metadata">Buckets and configuration.</param>
    /// <param name="buckets">References of buckets.</param>
    /// <param name="jobs">Where resilvers run.</param>
    /// <param name="logger">Log.</param>
    public MountpathService(
        ObjectStore store, IMetadataSource metadata, BucketReferences buckets, JobTable jobs, ILogger logger)
    {
        _store = store;
        _metadata = metadata;
        _buckets = buckets;
        _jobs = jobs;
        _logger = logger;
        _interrupted = !store.Mountpaths.IsSettled;
        store.Control.ResilverWanted = reason => Start(JobKinds.Resilver, ResilverAsync, reason);
        store.Space.Config = () => Config.Space;
        store.Space.CleanupWanted = reason => Start(JobKinds.Cleanup, CleanupAsync, reason);
        store.Health.Config = () => Config.MountpathHealth;
        store.Health.ResilverOnReturn = () => Config.Resilver.Enabled;
        Kinds =
        [
            new PlainJobKind(JobKinds.Resilver, ResilverAsync), new PlainJobKind(JobKinds.Cleanup, CleanupAsync),
        ];
    }

    /// <summary>What can be started by hand.</summary>
    public IReadOnlyList<IJobKind> Kinds { get; }

    /// <summary>State flags of the node that come from its disks.</summary>
    public ulong StateFlags
    {
        get
        {
            var view = _store.Mountpaths.View;
            var isFaulty = view.Available.Count == 0 || view.Records.Any(r => r.State == MountpathState.Faulty);
            return (_store.Resilver.IsRunning ? NodeStateInfo.Resilvering
                    : _interrupted && !view.IsSettled ? NodeStateInfo.ResilverInterrupted : 0)
                | (isFaulty ? NodeStateInfo.DiskFault : 0)
                | (_store.Space.IsOutOfSpace ? NodeStateInfo.OutOfSpace : 0)
                | (_store.Space.IsLow ? NodeStateInfo.LowCapacity : 0);
        }
    }

    private ClusterConfig Config => _metadata.Current.Document.Config;

    /// <summary>
    /// Takes note of a document. With the first one, a resilver that was cut off by the end of the process is begun again.
    /// </summary>
    public void OnDocument(SealedDocument document)
    {
        if (document.Document.Exists && Interlocked.Exchange(ref _begun, 1) == 0
            && !_store.Mountpaths.IsSettled && document.Document.Config.Resilver.Enabled)
        {
            Start(JobKinds.Resilver, ResilverAsync, "objects do not lie where they belong");
        }
    }

    /// <inheritdoc/>
    public Task AttachAsync(string path, string label, CancellationToken cancellation) =>
        _store.Control.AttachAsync(path, label, Config.Resilver.Enabled, cancellation);

    /// <inheritdoc/>
    public Task<bool> EnableAsync(string path, CancellationToken cancellation) =>
        _store.Control.EnableAsync(path, Config.Resilver.Enabled, cancellation);

    /// <inheritdoc/>
    public Task<bool> DisableAsync(string path, bool resilver, CancellationToken cancellation) =>
        _store.Control.DisableAsync(path, resilver && Config.Resilver.Enabled, cancellation);

    /// <inheritdoc/>
    public Task DetachAsync(string path, bool resilver, CancellationToken cancellation)
    {
        if (resilver && !Config.Resilver.Enabled)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"mountpath {path} cannot be detached: resilver.enabled=false, so its objects would not be moved; enable it, "
                    + "or give the objects up with --no-resilver");
        }
        return _store.Control.DetachAsync(path, resilver, cancellation);
    }

    /// <summary>Body of the job.</summary>
    internal async Task ResilverAsync(JobProgress progress, CancellationToken cancellation)
    {
        if (!_metadata.Current.Document.Exists)
        {
            throw new StoreException(StoreErrorCode.NotReady, "the buckets are not known yet");
        }
        _interrupted = true;
        if (!await _store.Resilver.RunAsync(Find, new JobReport(progress), cancellation).ConfigureAwait(false))
        {
            throw new StoreException(
                StoreErrorCode.Internal, "not every object could be moved to the mountpath on which it belongs");
        }
        _interrupted = false;
    }

    /// <summary>Body of the job.</summary>
    internal Task CleanupAsync(JobProgress progress, CancellationToken cancellation)
    {
        if (!_metadata.Current.Document.Exists)
        {
            throw new StoreException(StoreErrorCode.NotReady, "the buckets are not known yet");
        }
        return _store.Cleanup.RunAsync(name => Find(name)?.Id, new JobReport(progress), cancellation);
    }

    private BucketRef? Find(BucketName name) =>
        _metadata.Current.Document.Buckets.Buckets.TryGetValue(name, out var props) ? _buckets.Of(name, props) : null;

    private void Start(JobKind kind, Func<JobProgress, CancellationToken, Task> body, string reason)
    {
        if (!_metadata.Current.Document.Exists)
        {
            return; // it is begun with the first document
        }
        try
        {
            var job = _jobs.Run(new JobDescription(kind, JobId.New()), body);
            TargetLog.JobStarted(_logger, job.Description.Shown, reason);
        }
        catch (StoreException e)
        {
            TargetLog.JobNotStarted(_logger, kind.Name, reason, e.Message);
        }
    }
}
