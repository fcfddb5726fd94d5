namespace Skein.Storage.Disk;

/// <summary>
/// Makes the entries of folders durable for many writers at once, and remembers which folders got a new subfolder that
/// is not yet durable: whoever stores something below must flush those too, also when somebody else made them.
/// </summary>
internal sealed class FolderSync(IDisk disk)
{
    private readonly Dictionary<string, Round> _rounds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Fresh> _fresh = new(StringComparer.Ordinal);

    /// <summary>Makes a folder and marks its parent. Answers as <see cref="IDisk.MakeFolder"/>.</summary>
    public int MakeFolder(string path)
    {
        var parent = ParentOf(path);
        lock (_fresh)
        {
            var mark = _fresh.GetValueOrDefault(parent);
            _fresh[parent] = mark with { InFlight = mark.InFlight + 1 };
        }
        var error = Errno.Io;
        try
        {
            error = disk.MakeFolder(path);
        }
        finally
        {
            lock (_fresh)
            {
                var mark = _fresh[parent];
                mark = new Fresh(mark.InFlight - 1, mark.Changes + (error == Errno.Ok ? 1 : 0));
                if (mark == default)
                {
                    _fresh.Remove(parent);
                }
                else
                {
                    _fresh[parent] = mark;
                }
            }
        }
        return error;
    }

    /// <summary>
    /// Makes a folder and those above it that are missing, but none above <paramref name="top"/>, which must exist.
    /// </summary>
    /// <returns>
    /// Ok also when it exists; NotFolder when a file is in the way; NoEntry when the top is gone or is the path itself;
    /// Interrupted when somebody removed a folder at the same time.
    /// </returns>
    public int MakeFolders(string path, string top)
    {
        if (path.Length <= top.Length)
        {
            return Errno.NoEntry;
        }
        var error = MakeFolder(path);
        if (error == Errno.NoEntry)
        {
            error = MakeFolders(ParentOf(path), top);
            if (error == Errno.Ok)
            {
                error = MakeFolder(path);
                error = error == Errno.NoEntry ? Errno.Interrupted : error;
            }
        }
        return error == Errno.Exists ? Errno.Ok : error;
    }

    /// <summary>
    /// Returns when all entries made so far in the folder, and in every folder above it that has new subfolders, up to
    /// <paramref name="top"/>, are on the device.
    /// </summary>
    public void SyncUp(string folder, string top)
    {
        Sync(folder);
        while (folder.Length > top.Length)
        {
            folder = ParentOf(folder);
            bool fresh;
            lock (_fresh)
            {
                fresh = _fresh.Count != 0 && _fresh.ContainsKey(folder);
            }
            if (fresh)
            {
                Sync(folder);
            }
        }
    }

    private static string ParentOf(string path) => path[..path.LastIndexOf('/')];

    /// <summary>One flush serves all who came before it began; those who come during it wait for the next.</summary>
    private void Sync(string folder)
    {
        Round round;
        lock (_rounds)
        {
            if (!_rounds.TryGetValue(folder, out round!))
            {
                _rounds[folder] = round = new Round();
            }
            round.Users++;
        }
        try
        {
            Sync(folder, round);
        }
        finally
        {
            lock (_rounds)
            {
                if (--round.Users == 0)
                {
                    _rounds.Remove(folder);
                }
            }
        }
    }

    private void Sync(string folder, Round round)
    {
        long target;
        lock (round)
        {
            var mine = ++round.Asked;
            while (round.Running && round.Done < mine)
            {
                Monitor.Wait(round);
            }
            if (round.Done >= mine)
            {
                return;
            }
            round.Running = true;
            target = round.Asked;
        }
        var done = false;
        try
        {
            Fresh before;
            lock (_fresh)
            {
                before = _fresh.GetValueOrDefault(folder);
            }
            disk.SyncFolder(folder);
            done = true;
            lock (_fresh)
            {
                if (before.InFlight == 0 && before != default && _fresh.GetValueOrDefault(folder) == before)
                {
                    _fresh.Remove(folder);
                }
            }
        }
        finally
        {
            lock (round)
            {
                round.Done = done ? Math.Max(round.Done, target) : round.Done;
                round.Running = false;
                Monitor.PulseAll(round);
            }
        }
    }

    private sealed class Round
    {
        public int Users { get; set; }

        public long Asked { get; set; }

        public long Done { get; set; }

        public bool Running { get; set; }
    }

    /// <param name="InFlight">Subfolders being made.</param>
    /// <param name="Changes">Subfolders made since the folder was last known to be durable.</param>
    private readonly record struct Fresh(int InFlight, long Changes);
}
