using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Skein.Storage.Disk;

namespace Skein.UnitTests.Storage;

/// <summary>The process or the machine ended.</summary>
internal sealed class SimulatedCrash() : IOException("simulated crash");

/// <summary>When to crash: before a step of a given number. After it every step fails.</summary>
/// <param name="crashAt">Number of the step, from 1.</param>
/// <param name="kind">Kind of steps that are counted; null for all.</param>
internal sealed class CrashPlan(int crashAt, string? kind = null)
{
    private readonly Lock _gate = new();
    private int _steps;

    public bool IsDead { get; private set; }

    public string Where { get; private set; } = "";

    /// <summary>Counts only while armed, so that preparations are not hit.</summary>
    public bool IsArmed { get; set; }

    public void Step(string what)
    {
        lock (_gate)
        {
            if (IsArmed && !IsDead && (kind is null || kind == what) && ++_steps == crashAt)
            {
                IsDead = true;
                Where = what;
            }
            ThrowIfDead();
        }
    }

    public void ThrowIfDead()
    {
        if (IsDead)
        {
            throw new SimulatedCrash();
        }
    }
}

/// <summary>
/// A disk that stops at a step, and that can take back what was not made durable, as a lost power supply may: entries of
/// folders without a flush of the folder, bytes and attributes of files without a flush of the file. Flushes are only
/// noted: what they promise is modelled here.
/// </summary>
internal sealed class CrashDisk(IDisk disk, CrashPlan plan, string vault) : IDisk
{
    private readonly ConditionalWeakTable<SafeFileHandle, string> _paths = [];
    private readonly List<Undo> _undo = [];
    private readonly Dictionary<string, byte[]?> _unsynced = new(StringComparer.Ordinal);
    private int _saved;

    public SafeFileHandle? OpenRead(string path)
    {
        plan.ThrowIfDead();
        var file = disk.OpenRead(path);
        if (file is not null)
        {
            _paths.Add(file, path);
        }
        return file;
    }

    public SafeFileHandle? CreateNew(string path)
    {
        plan.Step("create");
        var file = disk.CreateNew(path);
        if (file is not null)
        {
            _paths.Add(file, path);
            Touch(path, null);
        }
        return file;
    }

    public long RegularSize(SafeFileHandle file)
    {
        plan.ThrowIfDead();
        return disk.RegularSize(file);
    }

    public int ReadMetadata(SafeFileHandle file, Span<byte> buffer)
    {
        plan.ThrowIfDead();
        return disk.ReadMetadata(file, buffer);
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            plan.Step("write");
        }
        catch (SimulatedCrash) when (bytes.Length > 1)
        {
            disk.Write(file, bytes[..(bytes.Length / 2)], offset); // torn
            throw;
        }
        disk.Write(file, bytes, offset);
    }

    public void WriteMetadata(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        plan.Step("set metadata");
        if (_paths.TryGetValue(file, out var path))
        {
            var before = new byte[8192];
            var length = disk.ReadMetadata(file, before);
            Touch(path, length < 0 ? null : before[..length]);
        }
        disk.WriteMetadata(file, bytes);
    }

    public void SyncFile(SafeFileHandle file)
    {
        plan.Step("flush file");
        if (_paths.TryGetValue(file, out var path))
        {
            lock (_undo)
            {
                _unsynced.Remove(path);
            }
        }
    }

    public void SyncFolder(string path)
    {
        plan.Step("flush folder");
        lock (_undo)
        {
            _undo.RemoveAll(u => u.Folder == path);
        }
    }

    public void SyncAll(SafeFileHandle? openedBefore = null)
    {
        plan.Step("flush all");
        lock (_undo)
        {
            _undo.Clear();
            _unsynced.Clear();
        }
    }

    public bool IsSameRoot() => disk.IsSameRoot();

    public int Rename(string from, string to)
    {
        plan.Step("rename");
        lock (_undo)
        {
            var saved = Save(to);
            var error = disk.Rename(from, to);
            if (error == Errno.Ok)
            {
                if (_unsynced.Remove(from, out var before))
                {
                    _unsynced[to] = before;
                }
                _undo.Add(new Undo(FolderOf(to), () =>
                {
                    if (Exists(to))
                    {
                        Directory.CreateDirectory(FolderOf(from));
                        Assert.Equal(Errno.Ok, disk.Rename(to, from));
                    }
                    Restore(saved, to);
                }));
            }
            return error;
        }
    }

    public int MakeFolder(string path)
    {
        plan.Step("make folder");
        lock (_undo)
        {
            var error = disk.MakeFolder(path);
            if (error == Errno.Ok)
            {
                _undo.Add(new Undo(FolderOf(path), () =>
                {
                    if (Directory.Exists(path))
                    {
                        Directory.Delete(path, recursive: true);
                    }
                }));
            }
            return error;
        }
    }

    public int RemoveFile(string path)
    {
        plan.Step("remove file");
        lock (_undo)
        {
            var saved = Save(path);
            var error = disk.RemoveFile(path);
            if (error == Errno.Ok)
            {
                _undo.Add(new Undo(FolderOf(path), () => Restore(saved, path)));
            }
            return error;
        }
    }

    public int RemoveFolder(string path)
    {
        plan.Step("remove folder");
        lock (_undo)
        {
            var error = disk.RemoveFolder(path);
            if (error == Errno.Ok)
            {
                _undo.Add(new Undo(FolderOf(path), () => Directory.CreateDirectory(path)));
            }
            return error;
        }
    }

    /// <summary>Takes back, newest first, all that is not known to be on the device.</summary>
    public void LosePower()
    {
        lock (_undo)
        {
            foreach (var (path, before) in _unsynced)
            {
                if (!File.Exists(path))
                {
                    continue;
                }
                if (before is null)
                {
                    File.WriteAllBytes(path, []);
                }
                else
                {
                    using var file = disk.OpenRead(path);
                    disk.WriteMetadata(file!, before);
                }
            }
            for (var i = _undo.Count - 1; i >= 0; i--)
            {
                _undo[i].Action();
            }
            _undo.Clear();
        }
    }

    private static string FolderOf(string path) => path[..path.LastIndexOf('/')];

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private void Touch(string path, byte[]? before)
    {
        lock (_undo)
        {
            _unsynced.TryAdd(path, before);
        }
    }

    /// <summary>Keeps a copy of the file with its metadata, so that it can come back.</summary>
    private string? Save(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        Directory.CreateDirectory(vault);
        var saved = Path.Combine(vault, $"{++_saved}");
        File.Copy(path, saved);
        using var from = disk.OpenRead(path);
        using var to = disk.OpenRead(saved);
        var metadata = new byte[8192];
        var length = disk.ReadMetadata(from!, metadata);
        if (length >= 0)
        {
            disk.WriteMetadata(to!, metadata.AsSpan(0, length));
        }
        return saved;
    }

    private void Restore(string? saved, string path)
    {
        if (saved is not null)
        {
            Directory.CreateDirectory(FolderOf(path));
            Assert.Equal(Errno.Ok, disk.Rename(saved, path));
        }
    }

    /// <param name="Folder">Whose flush makes the step durable.</param>
    /// <param name="Action">Takes the step back.</param>
    private sealed record Undo(string Folder, Action Action);
}
