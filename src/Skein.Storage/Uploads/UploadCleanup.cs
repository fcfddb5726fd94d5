using Skein.Core.Errors;
using Skein.Storage.Moves;
using Skein.Storage.Objects;
using Skein.Storage.Space;

namespace Skein.Storage.Uploads;

/// <summary>Removes uploads that nobody goes on with.</summary>
internal static class UploadCleanup
{
    /// <summary>An upload to which nothing was added for so long is given up.</summary>
    public static readonly TimeSpan LongestIdle = TimeSpan.FromHours(24);

    /// <summary>
    /// Looks through the uploads of one bucket on one mountpath: the abandoned ones go, and the notes of those that have
    /// become objects.
    /// </summary>
    public static void Run(
        StorageUnit unit, BucketFolder bucket, UploadStore uploads, DateTimeOffset now, IMoveReport report,
        CancellationToken cancel)
    {
        var root = new DirectoryInfo($"{bucket.Root}/{UploadStore.FolderName}");
        if (!root.Exists)
        {
            return;
        }
        foreach (var folder in root.EnumerateDirectories())
        {
            cancel.ThrowIfCancellationRequested();
            // every piece that arrives changes the folder
            var idle = now - new DateTimeOffset(folder.LastWriteTimeUtc, TimeSpan.Zero);
            if (idle < Cleanup.LeastAge || (idle < LongestIdle && !uploads.IsDone(unit, folder.FullName)))
            {
                continue;
            }
            using var held = uploads.Gates.TryEnter(folder.Name);
            if (held is null)
            {
                continue;
            }
            try
            {
                report.Done(1, UploadStore.RemoveFolder(unit, folder.FullName));
            }
            catch (Exception e) when (e is StoreException or IOException)
            {
                report.Failed(folder.FullName, e.Message);
            }
        }
    }
}
