using Microsoft.Win32.SafeHandles;
using Skein.Core.Buckets;

namespace Skein.Target.Remote;

/// <summary>
/// When objects of remote buckets were read last, for those who evict the coldest. It is the access time of an object's
/// file, set here since file systems are mounted so that they keep none, or one a day. The kernel writes it in its own time:
/// nothing is held in memory, a killed process forgets nothing, and a lost power supply the last half minute.
/// </summary>
internal static class AccessTimes
{
    /// <summary>A file that was marked as read so long ago at most is not marked again.</summary>
    public static readonly TimeSpan Grain = TimeSpan.FromMinutes(5);

    /// <summary>Notes that an object is read now. Buckets that are not evicted from cost nothing.</summary>
    /// <param name="bucket">Name of its bucket.</param>
    /// <param name="props">The bucket's properties.</param>
    /// <param name="file">Its open file.</param>
    /// <param name="time">Clock.</param>
    public static void Note(BucketName bucket, BucketProps props, SafeFileHandle file, TimeProvider time)
    {
        if (!bucket.IsRemote || !props.Lru.Enabled)
        {
            return;
        }
        try
        {
            var now = time.GetUtcNow();
            if (now - ReadFrom(file) >= Grain)
            {
                File.SetLastAccessTimeUtc(file, now.UtcDateTime);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A file system that keeps no access times: then the time of storing counts.
        }
    }

    /// <summary>When an object was read last; the time of storing, or earlier, when that is not known.</summary>
    public static DateTimeOffset ReadFrom(SafeFileHandle file) => File.GetLastAccessTimeUtc(file);
}
