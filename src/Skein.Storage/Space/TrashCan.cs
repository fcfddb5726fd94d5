using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Objects;

namespace Skein.Storage.Space;

/// <summary>
/// Removes folder trees in the background, one after another. A tree is renamed into <c>.skein.trash</c> at once, which
/// makes it invisible; what a stop leaves there is removed after the next start.
/// </summary>
internal sealed partial class TrashCan : IAsyncDisposable
{
    private const string FolderName = ".skein.trash";

    /// <summary>Files and folders removed between two looks at whether to stop.</summary>
    private const int Chunk = 256;

    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>(); // one short path per removed bucket
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;
    private long _counter;

    public TrashCan(TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Takes up what an earlier process left on the mountpath.</summary>
    public void Resume(string mountpath)
    {
        var trash = $"{mountpath}/{FolderName}";
        if (Directory.Exists(trash))
        {
            foreach (var left in Directory.EnumerateFileSystemEntries(trash))
            {
                _queue.Writer.TryWrite(left);
            }
        }
    }

    /// <summary>Makes a folder tree invisible and removes it later. A tree that does not exist is no error.</summary>
    /// <exception cref="StoreException">When the disk refuses.</exception>
    public void Throw(IDisk disk, string mountpath, string folder)
    {
        var trash = $"{mountpath}/{FolderName}";
        disk.MakeFolder(trash);
        var unique = $"{trash}/{_time.GetUtcNow().ToUnixTimeMilliseconds():x}-{Interlocked.Increment(ref _counter):x}";
        var error = disk.Rename(folder, unique);
        if (error == Errno.NoEntry)
        {
            return;
        }
        if (error != Errno.Ok)
        {
            throw DiskErrors.Make(error, "move to the trash folder", folder, mountpath);
        }
        disk.SyncFolder(ObjectPath.FolderOf(folder));
        _queue.Writer.TryWrite(unique);
    }

    /// <summary>Stops soon; what is left is taken up after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var tree in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }
            try
            {
                await RemoveAsync(tree).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.NotRemoved(_logger, tree, e);
            }
        }
    }

    /// <summary>Depth first with an own stack: a tree may be more than a thousand folders deep.</summary>
    private async Task RemoveAsync(string tree)
    {
        if (!Directory.Exists(tree))
        {
            File.Delete(tree);
            return;
        }
        var pending = new Stack<(string Path, bool Emptied)>();
        pending.Push((tree, false));
        var removed = 0;
        while (pending.TryPop(out var next))
        {
            if (next.Emptied)
            {
                Directory.Delete(next.Path);
                continue;
            }
            pending.Push((next.Path, true));
            foreach (var entry in new DirectoryInfo(next.Path).EnumerateFileSystemInfos())
            {
                // a link is removed, never followed
                if (entry is DirectoryInfo && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                {
                    pending.Push((entry.FullName, false));
                    continue;
                }
                entry.Delete();
                if (++removed % Chunk == 0)
                {
                    await Task.Yield();
                    if (_stop.IsCancellationRequested)
                    {
                        return;
                    }
                }
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2301, LogLevel.Warning, "{Tree} could not be removed; tried again after the next start")]
        public static partial void NotRemoved(ILogger logger, string tree, Exception e);
    }
}
