using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Skein.Core.Config.Sections;
using Skein.Core.Errors;
using Skein.Storage.Disk;
using Skein.Storage.Objects;

namespace Skein.Storage.Mountpaths;

/// <summary>
/// Watches the disks: counts their errors, checks one that has some by writing, reading and removing files, takes a bad
/// one out of service, looks at it again from time to time, and takes it back when it is good.
/// </summary>
public sealed partial class MountpathHealth : IAsyncDisposable
{
    /// <summary>How often it is looked whether each disk is there.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    /// <summary>Least time between two checks of one disk.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(10);

    /// <summary>When a disk that is out of service is first looked at again; later the time doubles.</summary>
    public static readonly TimeSpan FirstReturn = TimeSpan.FromSeconds(5);

    /// <summary>Longest time between two looks at a disk that is out of service.</summary>
    public static readonly TimeSpan LongestReturn = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<StorageUnit, Errors> _errors = new();
    private readonly Dictionary<string, (long Next, TimeSpan Pause)> _returns = new(StringComparer.Ordinal);
    private readonly StoreCore _core;
    private readonly MountpathControl _control;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private TaskCompletionSource _wake = NewSource();

    internal MountpathHealth(
        StoreCore core, StorageUnits units, MountpathControl control, TimeProvider time, ILogger logger)
    {
        _core = core;
        _control = control;
        _time = time;
        _logger = logger;
        units.Failed = OnError;
        core.Wake = Wake;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>The configuration, asked for when it is needed.</summary>
    public Func<MountpathHealthSection> Config { get; set; } = () => new MountpathHealthSection();

    /// <summary>Whether a mountpath that comes back has its objects moved to where they belong.</summary>
    public Func<bool> ResilverOnReturn { get; set; } = () => true;

    /// <summary>Called in each turn; quick.</summary>
    internal Action? Look { get; init; }

    /// <summary>Errors of a mountpath's disk since it was taken into service.</summary>
    public long ErrorsOf(Mountpath mountpath) =>
        _errors.TryGetValue(mountpath.Unit, out var errors) ? Volatile.Read(ref errors.Total) : 0;

    /// <summary>Looks at all disks now, without waiting for the next turn.</summary>
    public void Wake() => Volatile.Read(ref _wake).TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }
        await _loop.ConfigureAwait(false);
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Called on the thread that met the error: only counts.</summary>
    private void OnError(StorageUnit unit, StoreException e)
    {
        if (e.InnerException is IOException { HResult: Errno.Io or Errno.ReadOnly or Errno.NoEntry or Errno.NoDevice })
        {
            var errors = _errors.GetOrAdd(unit, static _ => new Errors());
            Interlocked.Increment(ref errors.Total);
            if (Interlocked.Increment(ref errors.Unchecked) == 1)
            {
                Wake();
            }
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync().ConfigureAwait(false);
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                await Task.WhenAny(_wake.Task, Task.Delay(LookInterval, _time, pause.Token)).ConfigureAwait(false);
                await pause.CancelAsync().ConfigureAwait(false);
                if (_wake.Task.IsCompleted)
                {
                    Volatile.Write(ref _wake, NewSource());
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) // a job loop: the next round begins anew
            {
                Log.Failed(_logger, e);
                await Task.WhenAny(Task.Delay(LookInterval, _time, _stop.Token)).ConfigureAwait(false);
            }
        }
    }

    private async Task LookAsync()
    {
        var view = _core.Mountpaths.View;
        foreach (var mountpath in view.Readable)
        {
            if (!mountpath.Unit.Disk.IsSameRoot())
            {
                await TakeOutAsync(
                    mountpath, "its folder is gone, or another file system is in its place").ConfigureAwait(false);
            }
            else if (_errors.TryGetValue(mountpath.Unit, out var errors) && errors.IsDue(_time) && Config().Enabled)
            {
                await CheckAsync(mountpath, errors).ConfigureAwait(false);
            }
        }
        foreach (var gone in _errors.Keys.Where(unit => !view.Readable.Contains(unit.Mountpath)))
        {
            _errors.TryRemove(gone, out _);
        }
        foreach (var record in view.Records.Where(r => r.State == MountpathState.Faulty))
        {
            await ReturnAsync(record).ConfigureAwait(false);
        }
        Look?.Invoke();
    }

    private async Task CheckAsync(Mountpath mountpath, Errors errors)
    {
        var seen = errors.BeginCheck(_time);
        var config = Config();
        var (bad, reason) = await Task.Run(
            () => HealthProbe.Run(mountpath, mountpath.Unit.Disk, config.TestFiles)).ConfigureAwait(false);
        if (bad > Math.Min(config.ErrorLimit, config.TestFiles - 1))
        {
            await TakeOutAsync(mountpath, $"{bad} of {config.TestFiles} test files failed: {reason}").ConfigureAwait(false);
        }
        else
        {
            Log.Checked(_logger, mountpath.Path, seen, bad, config.TestFiles);
        }
    }

    private async Task TakeOutAsync(Mountpath mountpath, string reason)
    {
        if (await _control.TakeOutAsync(mountpath, reason, _stop.Token).ConfigureAwait(false))
        {
            _returns[mountpath.Path] = (_time.GetTimestamp() + Ticks(FirstReturn), FirstReturn);
        }
    }

    /// <summary>Takes a disk back that is good again.</summary>
    private async Task ReturnAsync(MountpathRecord record)
    {
        var now = _time.GetTimestamp();
        if (!_returns.TryGetValue(record.Path, out var at))
        {
            at = (now + Ticks(FirstReturn), FirstReturn); // it was bad at the start
            _returns[record.Path] = at;
        }
        if (now < at.Next)
        {
            return;
        }
        try
        {
            await _control.EnableAsync(record.Path, ResilverOnReturn(), _stop.Token).ConfigureAwait(false);
            _returns.Remove(record.Path);
            Log.Returned(_logger, record.Path);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            var pause = TimeSpan.FromTicks(Math.Min(at.Pause.Ticks * 2, LongestReturn.Ticks));
            _returns[record.Path] = (now + Ticks(pause), pause);
            Log.StillBad(_logger, record.Path, pause.TotalSeconds, e.Message);
        }
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private sealed class Errors
    {
        public long Total;
        public long Unchecked;
        private long _checked;

        public bool IsDue(TimeProvider time) => Volatile.Read(ref Unchecked) != 0
            && (_checked == 0 || time.GetElapsedTime(_checked) >= CheckInterval);

        public long BeginCheck(TimeProvider time)
        {
            _checked = time.GetTimestamp();
            return Interlocked.Exchange(ref Unchecked, 0);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2020, LogLevel.Warning,
            "Mountpath {Path} had {Errors} errors, but {Bad} of {Files} test files failed: it stays in service")]
        public static partial void Checked(ILogger logger, string path, long errors, int bad, int files);

        [LoggerMessage(2021, LogLevel.Warning, "Mountpath {Path} is good again and back in service")]
        public static partial void Returned(ILogger logger, string path);

        [LoggerMessage(2022, LogLevel.Warning,
            "Mountpath {Path} stays out of service, looked at again in {Seconds:F0} s: {Reason}")]
        public static partial void StillBad(ILogger logger, string path, double seconds, string reason);

        [LoggerMessage(2023, LogLevel.Error, "The health of the mountpaths could not be looked at")]
        public static partial void Failed(ILogger logger, Exception e);
    }
}
