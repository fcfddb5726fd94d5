using System.Globalization;
using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Placement;
using Skein.Storage.Disk;
using Skein.Storage.Mountpaths;
using Skein.Storage.Objects;

namespace Skein.Storage.Uploads;

/// <summary>
/// Objects that come in pieces, over many requests and across restarts. Each upload has a folder
/// <c>@provider/bucket/%up/ID</c> on the mountpath that its name belonged to when it began: a file <c>manifest</c> that
/// says what it is, and one file for each piece, which gets its name only when it is whole. Thread-safe.
/// </summary>
public sealed class UploadStore
{
    /// <summary>Folder of a bucket's uploads.</summary>
    public const string FolderName = "%up";

    /// <summary>Most pieces of one upload that are counted.</summary>
    public const int MaxPieces = 100_000;

    internal const string DoneMark = "done";
    internal const string AppendMark = "append";
    internal const string MultipartMark = "multipart";

    private const string ManifestName = "manifest";
    private const char PiecePrefix = 'p';
    private const char WorkPrefix = 'w';

    private readonly StoreCore _core;
    private readonly TimeProvider _time;
    private readonly string _prefix;
    private long _counter;

    internal UploadStore(StoreCore core, TimeProvider time)
    {
        _core = core;
        _time = time;
        _prefix = time.GetUtcNow().UtcTicks.ToString("x", CultureInfo.InvariantCulture);
    }

    /// <summary>Who is busy with which upload.</summary>
    internal UploadGates Gates { get; } = new();

    /// <summary>Begins an upload; durable as the bucket asks when it returns.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="name">A valid name.</param>
    /// <param name="kind">How it is made.</param>
    /// <param name="custom">Custom metadata of the object to be.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="StoreException">As the beginning of every write.</exception>
    public async Task<Upload> CreateAsync(
        BucketRef bucket, string name, UploadKind kind, IReadOnlyList<KeyValuePair<string, string>> custom,
        CancellationToken cancel)
    {
        ObjectName.Validate(name);
        cancel.ThrowIfCancellationRequested();
        var unit = _core.Mountpaths.View.Choose(HrwDigest.OfObject(bucket.Uname, name)).Unit;
        unit.Space.ThrowIfFull(null);
        if (unit.FolderOf(bucket.Name).VerifiedId != bucket.Id && _core.Buckets.Make(unit, bucket) is { } older)
        {
            await unit.Index.DoomAsync(older).ConfigureAwait(false);
        }
        var id = UploadIds.NewRandomPart();
        var folder = FolderOf(unit, bucket, id);
        var root = _core.FolderOf(unit, bucket).Root;
        await unit.Threads.RunAsync(() =>
        {
            var error = unit.Folders.MakeFolders(folder, root);
            if (error != Errno.Ok)
            {
                unit.ThrowIfGone();
                throw DiskErrors.Make(error, "make the folder", folder, unit.Mountpath.Path);
            }
        }).ConfigureAwait(false);
        var manifest = new ObjectHeader(
            new ObjectAttributes
            {
                Size = 0,
                Checksum = Checksum.None,
                Version = kind == UploadKind.Append ? AppendMark : MultipartMark,
                AccessTime = Now,
                Custom = CustomMetadata.Sort(custom),
            },
            bucket.Id,
            name);
        await WriteManifestAsync(unit, bucket, folder, manifest).ConfigureAwait(false);
        return new Upload(id, folder, unit, bucket, manifest);
    }

    /// <summary>Finds an upload; null when there is none of that id for that object.</summary>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.NotReady"/> when a mountpath that may have it is out of service.
    /// </exception>
    public Upload? Find(BucketRef bucket, string name, string id)
    {
        if (!UploadIds.IsRandomPart(id))
        {
            return null;
        }
        var view = _core.Mountpaths.View;
        foreach (var unit in StoreCore.Units(view))
        {
            var folder = FolderOf(unit, bucket, id);
            using var found = _core.Finder.Open(unit.Disk, $"{folder}/{ManifestName}");
            if (found is not null && found.Header.BucketId == bucket.Id && found.Header.Name == name)
            {
                return new Upload(id, folder, unit, bucket, found.Header);
            }
        }
        return view.Missing is [var missing, ..]
            ? throw new StoreException(
                StoreErrorCode.NotReady,
                $"upload {id} may be on mountpath {missing.Path}, which is out of service: {missing.Reason}")
            : null;
    }

    /// <summary>Enters as one of many that add pieces; dispose the answer.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.Busy"/> while the upload is being ended.</exception>
    public IDisposable Share(string id) => Gates.TryShare(id) ?? throw IsBusy(id);

    /// <summary>Enters alone; dispose the answer.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.Busy"/> while somebody else is at it.</exception>
    public IDisposable Enter(string id) => Gates.TryEnter(id) ?? throw IsBusy(id);

    /// <summary>Stores a piece, in place of an older one of the same number; durable as the bucket asks.</summary>
    /// <param name="upload">The upload; the caller has entered it.</param>
    /// <param name="number">Number of the part, or offset of the first byte.</param>
    /// <param name="body">The bytes; read to their end.</param>
    /// <param name="length">Announced length; null when unknown.</param>
    /// <param name="checksumType">Type of the checksum to compute.</param>
    /// <param name="expected">Checksum that the client declares; null for none.</param>
    /// <param name="cancel">Gives up; nothing has changed then.</param>
    /// <exception cref="StoreException">As every write.</exception>
    public async Task<UploadPiece> WriteAsync(
        Upload upload, long number, PipeReader body, long? length, string checksumType, Checksum? expected,
        CancellationToken cancel)
    {
        var unit = upload.Unit;
        unit.Space.ThrowIfFull(length);
        var work = $"{upload.Folder}/{WorkPrefix}{_prefix}-{Interlocked.Increment(ref _counter):x}";
        using var file = unit.Disk.CreateNew(work) ?? throw Gone(upload);
        try
        {
            var writer = new PieceWriter(unit.Disk, file, checksumType, expected);
            var checksum = await writer.CopyAsync(body, length, cancel).ConfigureAwait(false);
            var piece = new UploadPiece(number, writer.Size, checksum, Now);
            var header = new ObjectHeader(
                new ObjectAttributes { Size = piece.Size, Checksum = checksum, AccessTime = piece.Written },
                upload.Bucket.Id,
                null);
            await PlaceAsync(upload.Unit, upload.Bucket, file, work, PathOf(upload, number), header).ConfigureAwait(false);
            return piece;
        }
        catch
        {
            TryRemove(unit, work);
            throw;
        }
    }

    /// <summary>The pieces in the order of their numbers.</summary>
    /// <exception cref="StoreException">When there are more than <see cref="MaxPieces"/>, or the disk fails.</exception>
    public IReadOnlyList<UploadPiece> Pieces(Upload upload)
    {
        var pieces = new List<UploadPiece>();
        foreach (var path in Directory.EnumerateFiles(upload.Folder, $"{PiecePrefix}*"))
        {
            if (!long.TryParse(
                Path.GetFileName(path.AsSpan())[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                continue;
            }
            if (pieces.Count == MaxPieces)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest, $"upload {upload.Id} has more than {MaxPieces} pieces");
            }
            using var found = _core.Finder.Open(upload.Unit.Disk, path);
            if (found is not null && found.Header.BucketId == upload.Bucket.Id)
            {
                var attributes = found.Header.Attributes;
                pieces.Add(new UploadPiece(number, attributes.Size, attributes.Checksum, attributes.AccessTime));
            }
        }
        pieces.Sort((a, b) => a.Number.CompareTo(b.Number));
        return pieces;
    }

    /// <summary>
    /// The bytes of pieces one after another, as a stream that compares each with its checksum. The caller has entered the
    /// upload until the stream is disposed of.
    /// </summary>
    public Stream OpenRead(Upload upload, IReadOnlyList<UploadPiece> pieces) =>
        new PieceStream(pieces, piece => upload.Unit.Disk.OpenRead(PathOf(upload, piece.Number)) ?? throw Gone(upload));

    /// <summary>
    /// Notes that the object has been made, and removes the pieces. The note goes with the next cleanup that finds it old.
    /// </summary>
    public async Task FinishAsync(Upload upload)
    {
        var manifest = new ObjectHeader(
            new ObjectAttributes { Size = 0, Checksum = Checksum.None, Version = DoneMark, AccessTime = Now },
            upload.Bucket.Id,
            upload.Name);
        await WriteManifestAsync(upload.Unit, upload.Bucket, upload.Folder, manifest).ConfigureAwait(false);
        foreach (var path in Directory.EnumerateFiles(upload.Folder).Where(path => Path.GetFileName(path) != ManifestName))
        {
            TryRemove(upload.Unit, path);
        }
    }

    /// <summary>Removes an upload with all its pieces. The caller has entered it alone.</summary>
    /// <exception cref="StoreException">When the disk fails.</exception>
    public Task RemoveAsync(Upload upload) => upload.Unit.Threads.RunAsync(() =>
    {
        RemoveFolder(upload.Unit, upload.Folder);
        if (upload.Bucket.Durability != DurabilityPolicy.PageCache)
        {
            upload.Unit.Folders.SyncUp(ObjectPath.FolderOf(upload.Folder), upload.Unit.Mountpath.Path);
        }
    });

    /// <summary>Removes the files of an upload's folder, the manifest first: what is left of it then is no upload.</summary>
    internal static long RemoveFolder(StorageUnit unit, string folder)
    {
        var bytes = 0L;
        unit.Disk.RemoveFile($"{folder}/{ManifestName}");
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles())
        {
            bytes += file.Length;
            unit.Disk.RemoveFile(file.FullName);
        }
        unit.Disk.RemoveFolder(folder);
        return bytes;
    }

    /// <summary>True when the manifest in a folder says that its object has been made.</summary>
    internal bool IsDone(StorageUnit unit, string folder)
    {
        using var found = _core.Finder.Open(unit.Disk, $"{folder}/{ManifestName}");
        return found is null || found.Header.Attributes.Version == DoneMark;
    }

    private long Now => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private static string FolderOf(StorageUnit unit, BucketRef bucket, string id) =>
        $"{unit.FolderOf(bucket.Name).Root}/{FolderName}/{id}";

    private static string PathOf(Upload upload, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{upload.Folder}/{PiecePrefix}{number:d20}");

    private static StoreException Gone(Upload upload) => new(
        StoreErrorCode.NotFound, $"upload {upload.Id} of {upload.Bucket.Name}/{upload.Name} does not exist any more");

    private static StoreException IsBusy(string id) =>
        new(StoreErrorCode.Busy, $"upload {id} is being changed by another request, try again");

    private static void TryRemove(StorageUnit unit, string path)
    {
        try
        {
            unit.Disk.RemoveFile(path);
        }
        catch (StoreException)
        {
            // a failing disk: the cleanup finds the file with its upload
        }
    }

    private async Task WriteManifestAsync(StorageUnit unit, BucketRef bucket, string folder, ObjectHeader manifest)
    {
        var work = $"{folder}/{WorkPrefix}{_prefix}-{Interlocked.Increment(ref _counter):x}";
        using var file = unit.Disk.CreateNew(work) ?? throw new StoreException(
            StoreErrorCode.BucketNotFound, $"bucket \"{bucket.Name}\" was removed during the upload");
        await PlaceAsync(unit, bucket, file, work, $"{folder}/{ManifestName}", manifest).ConfigureAwait(false);
    }

    private Task PlaceAsync(
        StorageUnit unit, BucketRef bucket, SafeFileHandle file, string work, string path, ObjectHeader header)
    {
        var durable = bucket.Durability != DurabilityPolicy.PageCache;
        _core.Buckets.ThrowIfDoomed(bucket);
        return unit.RunAsync(durable, () =>
        {
            unit.Disk.WriteMetadata(file, ObjectHeaderCodec.Encode(header));
            if (durable)
            {
                unit.Disk.SyncFile(file);
            }
            var error = unit.Disk.Rename(work, path);
            if (error != Errno.Ok)
            {
                unit.ThrowIfGone();
                throw new StoreException(
                    StoreErrorCode.NotFound, $"the upload of {path} was removed while a piece of it was written");
            }
            if (durable)
            {
                unit.Folders.SyncUp(ObjectPath.FolderOf(path), unit.Mountpath.Path);
            }
        });
    }
}
