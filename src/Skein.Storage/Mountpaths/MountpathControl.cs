using Microsoft.Extensions.Logging;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Objects;

namespace Skein.Storage.Mountpaths;

/// <summary>
/// Changes which mountpaths take part, one change after another. A change is remembered durably, then seen by everyone;
/// what was taken out of service is closed when nobody works on it any more.
/// </summary>
public sealed partial class MountpathControl : IAsyncDisposable
{
    private readonly StoreCore _core;
    private readonly StorageUnits _units;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, Task> _closing = new(StringComparer.Ordinal);

    internal MountpathControl(StoreCore core, StorageUnits units, ILogger logger)
    {
        _core = core;
        _units = units;
        _logger = logger;
    }

    /// <summary>Called, with the reason, when objects should be moved between the mountpaths.</summary>
    public Action<string>? ResilverWanted { get; set; }

    /// <summary>Called after each change.</summary>
    public Action? Changed { get; set; }

    private MountpathView View => _core.Mountpaths.View;

    /// <summary>Takes a new mountpath into service.</summary>
    /// <param name="path">An existing folder.</param>
    /// <param name="label">The operator's label; may be empty.</param>
    /// <param name="resilver">True to have the objects moved that belong on it.</param>
    /// <param name="cancel">Gives up waiting for another change.</param>
    /// <exception cref="StoreException">When it cannot be used; nothing has changed then.</exception>
    public async Task AttachAsync(string path, string label, bool resilver, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var others = View.Records.Where(r => r.State != MountpathState.Detached).ToList();
            var full = MountpathOpening.Check(path, others.Select(r => r.Path));
            if (others.Find(r => r.Path == full) is { } same)
            {
                throw Invalid($"duplicated mountpath mp[{full}{(same.IsReadable ? "" : ", " + Word(same))}]");
            }
            if (!Directory.Exists(full))
            {
                throw new StoreException(StoreErrorCode.NotFound, $"mountpath {full} does not exist");
            }
            if (others.Count >= MountpathOpening.MaxMountpaths)
            {
                throw Invalid($"a target has at most {MountpathOpening.MaxMountpaths} mountpaths");
            }
            await OpenAsync(MountpathRecord.Of(full, label, "")).ConfigureAwait(false);
            Log.Attached(_logger, full);
        }
        finally
        {
            _gate.Release();
        }
        Tell(resilver, $"mountpath {path} was attached");
    }

    /// <summary>Takes a mountpath that is out of service, or on its way out, back.</summary>
    /// <returns>False when it is in service.</returns>
    /// <exception cref="StoreException">When it is not known or cannot be used; nothing has changed then.</exception>
    public async Task<bool> EnableAsync(string path, bool resilver, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var record = Known(path);
            if (record.State == MountpathState.Available)
            {
                return false;
            }
            if (record.IsWaiting)
            {
                await ReplaceAsync(record with { State = MountpathState.Available }).ConfigureAwait(false);
            }
            else
            {
                await OpenAsync(record).ConfigureAwait(false);
            }
            Log.Enabled(_logger, record.Path);
        }
        finally
        {
            _gate.Release();
        }
        Tell(resilver, $"mountpath {path} was enabled");
        return true;
    }

    /// <summary>
    /// Takes a mountpath out of service. With a resilver it is read from until its objects are on the others; without one
    /// its objects are out of service with it: they are not denied, but nobody gets them.
    /// </summary>
    /// <returns>False when it is disabled already.</returns>
    /// <exception cref="StoreException">
    /// When it is not known, or it is the last one and its objects should be moved.
    /// </exception>
    public async Task<bool> DisableAsync(string path, bool resilver, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var record = Known(path);
            if (record.State == MountpathState.Disabled || (record.State == MountpathState.WaitingDisable && resilver))
            {
                return false;
            }
            if (resilver && record.IsReadable)
            {
                ThrowIfLast(record);
                await ReplaceAsync(record with { State = MountpathState.WaitingDisable }).ConfigureAwait(false);
            }
            else
            {
                await ReplaceAsync(record with
                {
                    State = MountpathState.Disabled,
                    Reason = "it was disabled",
                    MayHoldObjects = record.IsReadable || record.MayHoldObjects,
                }).ConfigureAwait(false);
                resilver = false;
            }
            Log.Disabled(_logger, record.Path, resilver);
        }
        finally
        {
            _gate.Release();
        }
        Tell(resilver, $"mountpath {path} is to be disabled");
        return true;
    }

    /// <summary>
    /// Gives a mountpath up. With a resilver its objects are moved to the others first; without one they are given up with
    /// it, and the node knows nothing of them any more.
    /// </summary>
    /// <exception cref="StoreException">
    /// When it is not known, it is the last one and its objects should be moved, or it cannot be read and they should be.
    /// </exception>
    public async Task DetachAsync(string path, bool resilver, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var record = Known(path);
            if (resilver && !record.IsReadable && record.MayHoldObjects)
            {
                throw Invalid(
                    $"mountpath {record.Path} is out of service, its objects cannot be moved: enable it first, or detach it "
                        + "with --no-resilver to give its objects up");
            }
            if (resilver && record.IsReadable)
            {
                ThrowIfLast(record);
                await ReplaceAsync(record with { State = MountpathState.WaitingDetach }).ConfigureAwait(false);
            }
            else
            {
                await ReplaceAsync(record with
                {
                    State = MountpathState.Detached,
                    Reason = "it was detached",
                    MayHoldObjects = false,
                    Id = "",
                }).ConfigureAwait(false);
                resilver = false;
            }
            Log.Detached(_logger, record.Path, resilver);
        }
        finally
        {
            _gate.Release();
        }
        Tell(resilver, $"mountpath {path} is to be detached");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        await Task.WhenAll(_closing.Values).ConfigureAwait(false);
        _gate.Dispose();
    }

    /// <summary>A disk is bad: takes its mountpath out of service.</summary>
    /// <returns>False when it is out of service already.</returns>
    internal async Task<bool> TakeOutAsync(Mountpath mountpath, string reason, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (!View.Readable.Contains(mountpath))
            {
                return false;
            }
            var record = View.Find(mountpath.Path)!;
            await ReplaceAsync(record with
            {
                State = MountpathState.Faulty,
                Reason = reason,
                MayHoldObjects = true,
            }).ConfigureAwait(false);
            Log.OutOfService(_logger, mountpath.Path, reason);
        }
        finally
        {
            _gate.Release();
        }
        Changed?.Invoke();
        return true;
    }

    /// <summary>Every object was seen where the view says that it belongs: what waited for it is done.</summary>
    /// <returns>False when the mountpaths have changed meanwhile.</returns>
    internal async Task<bool> SettleAsync(MountpathView view, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (View != view)
            {
                return false;
            }
            foreach (var unit in StoreCore.Units(view))
            {
                await unit.Threads.RunAsync(() => unit.Disk.SyncAll()).ConfigureAwait(false); // what was removed stays so
            }
            var records = view.Records.Select(r => r.State switch
            {
                MountpathState.WaitingDisable => r with { State = MountpathState.Disabled, Reason = "it was disabled" },
                MountpathState.WaitingDetach => r with
                {
                    State = MountpathState.Detached,
                    Reason = "it was detached",
                    Id = "",
                },
                _ => r,
            }).ToList();
            var missing = view.Missing.Select(r => r.Path).ToHashSet(StringComparer.Ordinal);
            var sets = view.Sets.Where(set => set.Any(missing.Contains)).ToArray();
            await SwapAsync(records, sets, view.Anywhere && missing.Count != 0, null).ConfigureAwait(false);
            Log.Settled(_logger);
        }
        finally
        {
            _gate.Release();
        }
        Changed?.Invoke();
        return true;
    }

    /// <summary>How a person calls the state.</summary>
    private static string Word(MountpathRecord record) =>
        record.State == MountpathState.Faulty ? "out of service" : "disabled";

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidRequest, message);

    private MountpathRecord Known(string path)
    {
        var full = MountpathOpening.Check(path, []);
        return View.Find(full) is { } record && record.State != MountpathState.Detached
            ? record
            : throw new StoreException(StoreErrorCode.MountpathNotFound, $"mountpath {full} does not exist");
    }

    private void ThrowIfLast(MountpathRecord record)
    {
        if (!View.Available.Any(m => m.Path != record.Path))
        {
            throw Invalid(
                $"mountpath {record.Path} is the last one in service: there is no other for its objects; use --no-resilver to "
                    + "take them out of service, or decommission the node");
        }
    }

    private void Tell(bool resilver, string reason)
    {
        Changed?.Invoke();
        if (resilver && !View.IsSettled)
        {
            ResilverWanted?.Invoke(reason);
        }
    }

    /// <summary>Opens a mountpath and takes it in; what it says of its past is added to what is known.</summary>
    private async Task OpenAsync(MountpathRecord record)
    {
        if (_closing.Remove(record.Path, out var closing))
        {
            await closing.ConfigureAwait(false);
        }
        var others = View.Records.Where(r => r.Path != record.Path && r.State != MountpathState.Detached).ToList();
        var mountpath = await Task.Run(
            () => MountpathOpening.OpenOne(record, others, _core.Mountpaths.Options with { CreateMissing = false }))
            .ConfigureAwait(false);
        try
        {
            _units.Open(mountpath);
            string[][] sets = mountpath.Identity.PlacedUnder.Length == 0 || record.Id.Length != 0 ? View.Sets
                : [[.. mountpath.Identity.PlacedUnder.Order(StringComparer.Ordinal)], .. View.Sets];
            record = record with
            {
                Id = mountpath.Id,
                State = MountpathState.Available,
                Reason = "",
                MayHoldObjects = false,
            };
            var records = View.Records.Any(r => r.Path == record.Path)
                ? View.Records.Select(r => r.Path == record.Path ? record : r).ToList()
                : [.. View.Records, record];
            await SwapAsync(records, sets, View.Anywhere, mountpath).ConfigureAwait(false);
        }
        catch
        {
            if (mountpath.Unit is { } unit)
            {
                await StorageUnits.CloseAsync(unit).ConfigureAwait(false);
            }
            mountpath.Lock.Dispose();
            throw;
        }
    }

    private Task ReplaceAsync(MountpathRecord record)
    {
        var forgotten = record.State == MountpathState.Detached ? record.Path : "";
        return SwapAsync(
            [.. View.Records.Select(r => r.Path == record.Path ? record : r)],
            [.. View.Sets.Select(set => set.Where(p => p != forgotten).ToArray()).Where(set => set.Length != 0)],
            View.Anywhere, null);
    }

    private async Task SwapAsync(List<MountpathRecord> records, string[][] sets, bool anywhere, Mountpath? opened)
    {
        var before = View;
        var open = before.Readable.ToDictionary(m => m.Path, StringComparer.Ordinal);
        if (opened is not null)
        {
            open[opened.Path] = opened;
        }
        var view = new MountpathView(records, open, Compact(sets), anywhere);
        _core.Mountpaths.Swap(view);
        _core.Files.ForgetAll();
        await Task.Run(() => MountpathIdentities.Update(view, _logger)).ConfigureAwait(false);
        foreach (var gone in before.Readable.Where(m => !view.Readable.Contains(m)))
        {
            _closing[gone.Path] = Task.Run(() => CloseAsync(gone));
        }
    }

    /// <summary>A set that follows itself says nothing new.</summary>
    private static string[][] Compact(string[][] sets) =>
        [.. sets.Where((set, i) => i == 0 || !set.SequenceEqual(sets[i - 1]))];

    private async Task CloseAsync(Mountpath mountpath)
    {
        await _core.Locks.DrainAsync(CancellationToken.None).ConfigureAwait(false);
        await StorageUnits.CloseAsync(mountpath.Unit).ConfigureAwait(false);
        mountpath.Lock.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(2010, LogLevel.Information, "Mountpath {Path} was attached")]
        public static partial void Attached(ILogger logger, string path);

        [LoggerMessage(2011, LogLevel.Information, "Mountpath {Path} was enabled")]
        public static partial void Enabled(ILogger logger, string path);

        [LoggerMessage(2012, LogLevel.Warning, "Mountpath {Path} is disabled; its objects are moved to others first: {Resilver}")]
        public static partial void Disabled(ILogger logger, string path, bool resilver);

        [LoggerMessage(2013, LogLevel.Warning, "Mountpath {Path} is detached; its objects are moved to others first: {Resilver}")]
        public static partial void Detached(ILogger logger, string path, bool resilver);

        [LoggerMessage(2014, LogLevel.Critical,
            "Mountpath {Path} IS TAKEN OUT OF SERVICE: {Reason}. Its objects are not served until it is back or detached")]
        public static partial void OutOfService(ILogger logger, string path, string reason);

        [LoggerMessage(2015, LogLevel.Information, "Every object lies on the mountpath on which it belongs")]
        public static partial void Settled(ILogger logger);
    }
}
