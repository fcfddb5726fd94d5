using System.Globalization;
using Skein.Core.Buckets;
using Skein.Core.Errors;

namespace Skein.Gateway.Pipeline;

/// <summary>The bucket's own access attributes.</summary>
public static class AccessCheck
{
    /// <summary>
    /// What a bucket's attributes can deny to a caller without a token. Reading is not among them: AIStore's clients
    /// rely on a bucket without the read bits being readable as long as authentication is off.
    /// </summary>
    private const AccessPermissions Deniable = AccessPermissions.Put | AccessPermissions.Append
        | AccessPermissions.DeleteObject | AccessPermissions.MoveObject | AccessPermissions.Promote
        | AccessPermissions.UpdateObject | AccessPermissions.DestroyBucket | AccessPermissions.MoveBucket;

    /// <summary>Refuses what the attributes deny, and changes of a bucket that is being renamed.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="props">Its properties.</param>
    /// <param name="asked">What is asked for.</param>
    /// <param name="isOfJob">True for a job, which may write while the bucket is renamed.</param>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.BucketAccessDenied"/>.</exception>
    public static void Require(BucketName bucket, BucketProps props, AccessPermissions asked, bool isOfJob = false)
    {
        var needed = asked & Deniable;
        if (props.Renamed.Length != 0 && !isOfJob
            && (needed != 0 || (asked & (AccessPermissions.Patch | AccessPermissions.SetBucketAcl)) != 0))
        {
            throw new StoreException(
                StoreErrorCode.Busy, $"bucket {bucket} is being renamed: it can be read, and written again when that is over");
        }
        if (props.Access.Allows(needed))
        {
            return;
        }
        var number = props.BucketId & ~BucketMetadata.AisIdFlag;
        var words = asked.Describe().Trim('[', ']');
        throw new StoreException(
            StoreErrorCode.BucketAccessDenied,
            string.Create(
                CultureInfo.InvariantCulture,
                $"bucket {bucket}(0x{number:x}): {words} access denied (allowed: {props.Access.Describe()})"));
    }
}
