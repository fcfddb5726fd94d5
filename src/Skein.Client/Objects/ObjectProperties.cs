using System.Text.Json;
using Skein.Client.Transport;
using Skein.Core.Buckets;
using Skein.Core.Objects;
using Skein.Core.Wire;

namespace Skein.Client.Objects;

/// <summary>All that an object is, and changes of its custom metadata.</summary>
public sealed partial class ObjectClient
{
    /// <summary>The attributes of an object and where it lies; null when there is none.</summary>
    /// <param name="bucket">Bucket.</param>
    /// <param name="name">Object name.</param>
    /// <param name="presentOnly">True to look into the cluster only, and not into a remote backend.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the cluster refuses for another reason or cannot be reached.</exception>
    public async Task<ObjectProperties?> DescribeAsync(
        BucketName bucket, string name, bool presentOnly = false, CancellationToken cancellation = default)
    {
        ObjectName.Validate(name);
        var spec = Spec(HttpMethod.Head, bucket, name);
        try
        {
            using var reply = await _sender.SendAsync(
                presentOnly ? spec with { Query = Query(bucket, (QueryNames.Presence, "2")) } : spec, cancellation);
            return new ObjectProperties(
                reply.Attributes(reply.Response.Content.Headers.ContentLength ?? 0),
                reply.Header("Ais-Location"),
                (int)reply.Number("Ais-Mirror-Copies"),
                reply.Header("Ais-Mirror-Paths"));
        }
        catch (SkeinException e) when (e.IsNotFound && e.TypeCode != "ErrBckNotFound")
        {
            return null;
        }
    }

    /// <summary>Changes custom metadata.</summary>
    /// <param name="bucket">Bucket.</param>
    /// <param name="name">Object name.</param>
    /// <param name="custom">Values by key; keys hold no <c>=</c>.</param>
    /// <param name="replaces">True to remove what else there is.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When there is no such object, the cluster refuses, or cannot be reached.</exception>
    public async Task SetCustomAsync(
        BucketName bucket, string name, SortedDictionary<string, string> custom, bool replaces = false,
        CancellationToken cancellation = default)
    {
        var action = new ActionMessage
        {
            Value = JsonSerializer.SerializeToElement(custom, WireJsonContext.Output.SortedDictionaryStringString),
        };
        var spec = With(HttpMethod.Patch, bucket, name) with { Json = Bytes(action) };
        if (replaces)
        {
            spec = spec with { Query = Query(bucket, (QueryNames.SetNewCustom, "true")) };
        }
        (await _sender.SendAsync(spec, cancellation)).Dispose();
    }
}

/// <summary>What a target says of an object.</summary>
/// <param name="Attributes">Attributes.</param>
/// <param name="Location">Target and mountpath, for example <c>t[target01]:mp[/data/mp1, vda]</c>.</param>
/// <param name="Copies">How many copies there are, with itself.</param>
/// <param name="CopyPaths">Mountpaths of the copies, in brackets.</param>
public sealed record ObjectProperties(ObjectAttributes Attributes, string Location, int Copies, string CopyPaths);
