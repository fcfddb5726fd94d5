using System.Collections.Frozen;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Jobs;
using Skein.Core.Wire;

namespace Skein.Target.Jobs;

/// <summary>What <c>start</c> can begin on this target.</summary>
/// <param name="kinds">One for each kind.</param>
public sealed class JobKindRegistry(IEnumerable<IJobKind> kinds)
{
    private readonly FrozenDictionary<string, IJobKind> _kinds = kinds.ToFrozenDictionary(kind => kind.Kind.Name);

    /// <summary>True for a kind that can be started.</summary>
    public bool Has(JobKind kind) => _kinds.ContainsKey(kind.Name);

    /// <summary>Makes the work that a message asks for.</summary>
    /// <param name="arguments">The message.</param>
    /// <param name="bucket">Its bucket, checked; null when it names none.</param>
    /// <exception cref="StoreException">
    /// When the kind is not known, does not begin this way, needs a bucket, or nothing here can do it.
    /// </exception>
    public (JobKind Kind, Func<JobProgress, CancellationToken, Task> Body) Create(JobMessage arguments, BucketName? bucket)
    {
        if (JobKinds.Find(arguments.AskedKind) is not { } kind)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"unknown xaction kind \"{Shorten(arguments.AskedKind)}\"");
        }
        if (kind.HasOwnCall)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"cannot start \"{kind.Name}\": it begins by a call of its own");
        }
        if (kind.NeedsBucket && bucket is null)
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest, $"xaction \"{kind.Name}\" requires a bucket to start");
        }
        return _kinds.TryGetValue(kind.Name, out var known)
            ? (kind, known.Create(arguments, bucket))
            : throw new StoreException(
                StoreErrorCode.NotImplemented, "this version cannot do it");
    }

    private static string Shorten(string text) => text.Length > 64 ? text[..64] : text;
}
