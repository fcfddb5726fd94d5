using System.IO.Pipelines;
using Skein.Core.Buckets;
using Skein.Core.Objects;

namespace Skein.Gateway.Ports;

/// <summary>Who asks for which object. The bucket exists in the call's control document.</summary>
/// <param name="Call">Who asks.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Props">The bucket's properties in the call's control document.</param>
/// <param name="Name">The object's name, validated.</param>
public sealed record RequestedObject(CallContext Call, BucketName Bucket, BucketProps Props, string Name);

/// <summary>What every request for one object has.</summary>
public abstract record ObjectRequest
{
    /// <summary>Who asks for which object.</summary>
    public required RequestedObject Object { get; init; }

    /// <summary>Who asks.</summary>
    public CallContext Call => Object.Call;

    /// <summary>The bucket.</summary>
    public BucketName Bucket => Object.Bucket;

    /// <summary>The bucket's properties in the call's control document.</summary>
    public BucketProps Props => Object.Props;

    /// <summary>The object's name, validated.</summary>
    public string Name => Object.Name;

    /// <summary>How people see the object: <c>ais://b/o</c>.</summary>
    public string Shown => $"{Bucket}/{Name}";
}

/// <summary>Where does this object live?</summary>
public sealed record RouteObjectRequest : ObjectRequest
{
    /// <summary>True for a request that only reads.</summary>
    public required bool IsRead { get; init; }
}

/// <summary>Read an object.</summary>
public sealed record GetObjectRequest : ObjectRequest
{
    /// <summary>The range wanted; null for the whole object.</summary>
    public ByteRange? Range { get; init; }

    /// <summary>True to compare with the home of a remote bucket first.</summary>
    public bool LatestVersion { get; init; }
}

/// <summary>Look at an object.</summary>
public sealed record HeadObjectRequest : ObjectRequest
{
    /// <summary>Which presence is asked for.</summary>
    public PresenceFilter Presence { get; init; }

    /// <summary>True to compare with the home of a remote bucket.</summary>
    public bool LatestVersion { get; init; }
}

/// <summary>Store an object.</summary>
public sealed record PutObjectRequest : ObjectRequest
{
    /// <summary>The bytes.</summary>
    public required PipeReader Body { get; init; }

    /// <summary>Announced length in bytes; null for a chunked body.</summary>
    public long? Length { get; init; }

    /// <summary>Checksum that the client declares; null when it declares none. The type is known.</summary>
    public Checksum? Declared { get; init; }

    /// <summary>Custom metadata; keys are unique.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Custom { get; init; } = [];

    /// <summary>Version that the client says the object had before; empty when it says nothing.</summary>
    public string PreviousVersion { get; init; } = "";

    /// <summary>True not to load and compare what is stored already.</summary>
    public bool SkipVersionCheck { get; init; }

    /// <summary>
    /// True for a copy: what is stored is the same only when its custom metadata are, too. Of a client, who brings none, the
    /// bytes alone count.
    /// </summary>
    public bool ComparesCustom { get; init; }
}

/// <summary>Delete an object.</summary>
public sealed record DeleteObjectRequest : ObjectRequest
{
    /// <summary>True to remove only what is stored here of an object of a remote bucket.</summary>
    public bool EvictsOnly { get; init; }
}

/// <summary>Change custom metadata of an object.</summary>
public sealed record PatchObjectRequest : ObjectRequest
{
    /// <summary>Pairs to set; null changes nothing.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Custom { get; init; }

    /// <summary>True to drop what is not named.</summary>
    public bool ReplaceAll { get; init; }
}

/// <summary>The <c>presence</c> parameter (AIStore's FltPresence).</summary>
public enum PresenceFilter
{
    /// <summary>Exists anywhere.</summary>
    Exists = 0,

    /// <summary>Exists anywhere; status only.</summary>
    ExistsNoProps = 1,

    /// <summary>Present in the cluster.</summary>
    Present = 2,

    /// <summary>Present in the cluster; status only.</summary>
    PresentNoProps = 3,

    /// <summary>Present anywhere in the cluster, any copy.</summary>
    PresentInCluster = 4,

    /// <summary>Exists in the backend but not in the cluster.</summary>
    ExistsOutside = 5,
}
