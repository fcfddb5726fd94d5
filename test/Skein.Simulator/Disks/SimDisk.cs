using Skein.Cluster.Metadata;
using Skein.Simulator.World;

namespace Skein.Simulator.Disks;

/// <summary>
/// A disk behind a cache. What was not flushed may be lost, whole or in part, when power is lost: bytes of a file
/// after <see cref="Write"/> without <see cref="Flush"/>, names after <see cref="Move"/> without
/// <see cref="FlushFolder"/>, and those in any combination.
/// </summary>
internal sealed class SimDisk(Random random, DiskMutation mutation) : IMetadataDisk
{
    private readonly Dictionary<string, Content> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Content> _durable = new(StringComparer.Ordinal);
    private readonly List<(string Gone, string Name, Content? Content)> _changes = [];

    /// <summary>Power is lost at this operation from now; 0 for not.</summary>
    public int PowerLossAt { get; set; }

    /// <summary>Does as if it made durable, and does not.</summary>
    public bool IgnoresFlushes { get; set; }

    public bool Exists(string path) => _names.ContainsKey(path);

    public byte[] Read(string path) => (byte[])_names[path].Bytes.Clone();

    public void Write(string path, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var content = new Content { Bytes = [.. head, .. body] };
        _names[path] = content;
        _changes.Add(("", path, content));
        MayLosePower();
    }

    public void Flush(string path)
    {
        MayLosePower();
        var ignored = path.Contains(".vote", StringComparison.Ordinal)
            ? mutation == DiskMutation.VoteNotFlushed
            : mutation == DiskMutation.DocumentNotFlushed;
        if (!ignored && !IgnoresFlushes)
        {
            _names[path].Durable = _names[path].Bytes;
        }
    }

    public void Move(string from, string to)
    {
        MayLosePower();
        var content = _names[from];
        _names.Remove(from);
        _names[to] = content;
        _changes.Add((from, to, content));
        MayLosePower();
    }

    public void Delete(string path)
    {
        if (_names.Remove(path))
        {
            _changes.Add((path, path, null));
        }
    }

    public void FlushFolder(string folder)
    {
        MayLosePower();
        if (mutation == DiskMutation.FolderNotFlushed || IgnoresFlushes)
        {
            return;
        }
        foreach (var change in _changes)
        {
            Make(change);
        }
        _changes.Clear();
    }

    /// <summary>Forgets what was not flushed, or a part of it.</summary>
    public void LosePower()
    {
        PowerLossAt = 0;
        foreach (var change in _changes.Where(_ => random.Next(2) == 0))
        {
            Make(change);
        }
        _changes.Clear();
        _names.Clear();
        foreach (var (path, content) in _durable)
        {
            _names[path] = content;
            if (content.Bytes != content.Durable)
            {
                content.Bytes = content.Durable = Torn(content);
            }
        }
    }

    /// <summary>Turns one bit of one file over.</summary>
    /// <returns>The file; null when there is none.</returns>
    public string? FlipBit()
    {
        var files = _names.Where(pair => pair.Value.Bytes.Length != 0).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            return null;
        }
        var (path, content) = files[random.Next(files.Count)];
        var bytes = (byte[])content.Bytes.Clone();
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        content.Bytes = bytes;
        content.Durable = bytes;
        return path;
    }

    /// <summary>A new disk in the place of the old one.</summary>
    public void Wipe()
    {
        _names.Clear();
        _durable.Clear();
        _changes.Clear();
    }

    private void Make((string Gone, string Name, Content? Content) change)
    {
        if (change.Gone.Length != 0)
        {
            _durable.Remove(change.Gone);
        }
        if (change.Content is not null)
        {
            _durable[change.Name] = change.Content;
        }
    }

    private byte[] Torn(Content content) => random.Next(4) switch
    {
        0 => content.Durable ?? [],
        1 => content.Bytes,
        2 => content.Bytes[..random.Next(content.Bytes.Length + 1)],
        _ => [.. content.Bytes[..random.Next(content.Bytes.Length + 1)], .. new byte[16]],
    };

    private void MayLosePower()
    {
        if (PowerLossAt > 0 && --PowerLossAt == 0)
        {
            throw new PowerLossException();
        }
    }

    private sealed class Content
    {
        public byte[] Bytes { get; set; } = [];

        public byte[]? Durable { get; set; }
    }
}
