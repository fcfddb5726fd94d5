namespace Skein.Storage.Listing;

/// <summary>What an index writer is asked to do.</summary>
internal enum IndexChangeKind
{
    /// <summary>Insert or replace a row.</summary>
    Put,

    /// <summary>Remove a row.</summary>
    Remove,

    /// <summary>Remove all rows of a bucket, in the background, and ignore new ones.</summary>
    Doom,

    /// <summary>Nothing: answers when all before it is committed.</summary>
    Barrier,

    /// <summary>Say that the database is complete.</summary>
    Complete,
}

/// <summary>One piece of work for an index writer.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="BucketId">The bucket.</param>
/// <param name="Name">UTF-8 of the object's name.</param>
/// <param name="Header">Header to store with a put.</param>
/// <param name="Intent">From <see cref="IntentLog.Begin"/>, to settle when committed; -1 for none.</param>
/// <param name="Done">Completed when committed; null when nobody waits.</param>
internal readonly record struct IndexChange(
    IndexChangeKind Kind, ulong BucketId, byte[] Name, byte[] Header, int Intent, TaskCompletionSource? Done);
