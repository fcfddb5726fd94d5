using Skein.Client.Archives;
using Skein.Client.Buckets;
using Skein.Client.Cluster;
using Skein.Client.Jobs;
using Skein.Client.Mountpaths;
using Skein.Client.Objects;
using Skein.Client.Transport;

namespace Skein.Client;

/// <summary>
/// A client of a Skein cluster. One instance serves a whole program: it is thread-safe and keeps its connections.
/// </summary>
public sealed class SkeinClient : IDisposable
{
    private readonly RequestSender _sender;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">When an option is out of range or an endpoint is no URL.</exception>
    public SkeinClient(SkeinClientOptions options)
    {
        _sender = new RequestSender(options);
        Cluster = new ClusterClient(_sender);
        Operations = new OperationsClient(_sender);
        RemoteClusters = new RemoteClusterClient(_sender);
        Buckets = new BucketClient(_sender);
        BucketJobs = new BucketJobClient(_sender, options.Time);
        Objects = new ObjectClient(_sender);
        Jobs = new JobClient(_sender, options.Time);
        Sorts = new SortClient(_sender);
        Archives = new ArchiveClient(_sender);
        Mountpaths = new MountpathClient(_sender);
    }

    /// <summary>Makes a client of one or more proxies with default options.</summary>
    public SkeinClient(params IReadOnlyList<string> endpoints)
        : this(new SkeinClientOptions { Endpoints = endpoints })
    {
    }

    /// <summary>The endpoint in use, without a trailing slash.</summary>
    public string CurrentEndpoint => _sender.CurrentEndpoint.GetLeftPart(UriPartial.Authority);

    /// <summary>The cluster and its nodes.</summary>
    public ClusterClient Cluster { get; }

    /// <summary>Configuration, counters and logs.</summary>
    public OperationsClient Operations { get; }

    /// <summary>Other clusters whose buckets this one shows.</summary>
    public RemoteClusterClient RemoteClusters { get; }

    /// <summary>Buckets and listings.</summary>
    public BucketClient Buckets { get; }

    /// <summary>Jobs over the objects of buckets.</summary>
    public BucketJobClient BucketJobs { get; }

    /// <summary>Objects.</summary>
    public ObjectClient Objects { get; }

    /// <summary>Long operations.</summary>
    public JobClient Jobs { get; }

    /// <summary>Distributed sorts of shards.</summary>
    public SortClient Sorts { get; }

    /// <summary>Files in archives, and many objects in one archive.</summary>
    public ArchiveClient Archives { get; }

    /// <summary>The mountpaths of targets.</summary>
    public MountpathClient Mountpaths { get; }

    /// <inheritdoc/>
    public void Dispose() => _sender.Dispose();
}
