using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Core.Maps;

/// <summary>
/// Begins to rename a bucket: the new one is made with the properties of the old one, and both are marked. From then on
/// neither takes writes of clients until <see cref="EndRename"/>.
/// </summary>
/// <param name="From">The old name.</param>
/// <param name="To">The new name.</param>
/// <param name="JobId">Id of the job that moves the objects.</param>
/// <param name="CreatedNanoseconds">Time of creation of the new bucket, in nanoseconds since 1970 UTC.</param>
public sealed record BeginRename(BucketName From, BucketName To, string JobId, long CreatedNanoseconds) : ControlChange
{
    /// <inheritdoc/>
    public override string Describe() => $"begin to rename bucket {From} to {To}";

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        var source = current.Buckets.Find(From)
            ?? throw new StoreException(StoreErrorCode.BucketNotFound, $"bucket \"{From}\" does not exist");
        if (current.Buckets.Find(To) is not null)
        {
            throw new StoreException(StoreErrorCode.NewNameTaken, $"bucket \"{To}\" already exists");
        }
        if (source.Renamed.Length != 0)
        {
            throw new StoreException(StoreErrorCode.Coexistence, $"bucket {From} is being renamed already");
        }
        if (!current.IsSettled)
        {
            throw new StoreException(
                StoreErrorCode.NotReady, $"cannot rename {From} while objects are moved between targets: try again later");
        }
        var number = current.Buckets.LastBucketNumber + 1;
        var made = source with
        {
            BucketId = (ulong)number | BucketMetadata.AisIdFlag,
            CreatedNanoseconds = CreatedNanoseconds,
            Renamed = From.Uname,
        };
        return current with
        {
            Buckets = current.Buckets with
            {
                Buckets = current.Buckets.Buckets.Add(To, made).SetItem(From, source with { Renamed = JobId }),
                Version = current.Buckets.Version + 1,
                LastBucketNumber = number,
            },
        };
    }
}

/// <summary>Ends a rename.</summary>
/// <param name="From">The old name.</param>
/// <param name="JobId">Id of its job; a bucket that is marked with another one, or not at all, is left alone.</param>
/// <param name="Outcome">What becomes of the two buckets.</param>
public sealed record EndRename(BucketName From, string JobId, RenameOutcome Outcome) : ControlChange
{
    /// <inheritdoc/>
    public override string Describe() => Outcome switch
    {
        RenameOutcome.Done => $"bucket {From} has its new name",
        RenameOutcome.Kept => $"renaming of bucket {From} failed: both buckets stay",
        _ => $"renaming of bucket {From} did not begin",
    };

    /// <inheritdoc/>
    public override ControlDocument Apply(ControlDocument current)
    {
        if (current.Buckets.Find(From) is not { } source || source.Renamed != JobId)
        {
            return current;
        }
        var buckets = current.Buckets.Buckets;
        foreach (var (name, props) in current.Buckets.Buckets.Where(pair => pair.Value.Renamed == From.Uname))
        {
            buckets = Outcome == RenameOutcome.NotBegun
                ? buckets.Remove(name)
                : buckets.SetItem(name, props with { Renamed = "" });
        }
        buckets = Outcome == RenameOutcome.Done
            ? buckets.Remove(From)
            : buckets.SetItem(From, source with { Renamed = "" });
        return current with { Buckets = current.Buckets with { Buckets = buckets, Version = current.Buckets.Version + 1 } };
    }
}

/// <summary>How a rename ends.</summary>
public enum RenameOutcome
{
    /// <summary>All objects are under the new name: the old bucket goes.</summary>
    Done,

    /// <summary>Some are not: both buckets stay, with what they have.</summary>
    Kept,

    /// <summary>The job could not be started: the new bucket goes.</summary>
    NotBegun,
}
