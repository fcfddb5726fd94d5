namespace Skein.TestKit.Histories;

/// <summary>
/// The search of Wing and Gong (1993) with Lowe's memory of states seen (2017): depth first over the operations that
/// may come next, never twice into the same set of operations done with the same names there.
/// </summary>
/// <remarks>
/// An operation without an answer is put in only where the next answer needs it, and there at once: it has no end, so
/// it can always be moved later until just before somebody sees its effect. So it costs no branches.
/// </remarks>
internal sealed class LinearizationSearch
{
    private readonly List<HistoryOperation> _answered;
    private readonly Dictionary<string, int> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<int>?[] _lists;
    private readonly List<long>[] _openCreates;
    private readonly List<long>[] _openDestroys;
    private readonly int[] _usedCreates;
    private readonly int[] _usedDestroys;
    private readonly HashSet<int> _present = [];
    private readonly bool[] _done;
    private readonly HashSet<(ulong, ulong)> _seen = [];
    private (ulong High, ulong Low) _hash;
    private int _first;
    private int _longest = -1;

    public LinearizationSearch(IEnumerable<string> initial, List<HistoryOperation> operations)
    {
        _answered =
        [
            .. operations.Where(operation => operation.Answer != OperationAnswer.Unknown)
                .OrderBy(operation => operation.Invoked),
        ];
        foreach (var name in initial)
        {
            _present.Add(Key(name));
        }
        foreach (var operation in operations)
        {
            _ = operation.Kind == OperationKind.List ? -1 : Key(operation.Name);
        }
        _lists = [.. _answered.Select(operation => operation.Names?.Select(Key).ToHashSet())];
        _openCreates = Open(operations, OperationKind.Create);
        _openDestroys = Open(operations, OperationKind.Destroy);
        _usedCreates = new int[_keys.Count];
        _usedDestroys = new int[_keys.Count];
        _done = new bool[_answered.Count];
    }

    /// <summary>Where the longest order found ended: the operations that could come next, and why they do not fit.</summary>
    public List<(HistoryOperation Operation, string Why)> Misfits { get; private set; } = [];

    /// <summary>Names because of which they do not fit.</summary>
    public HashSet<string> NamesOfMisfits { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>True when there is an order.</summary>
    /// <exception cref="InvalidOperationException">When it takes more steps than allowed.</exception>
    public bool Run(int maxSteps)
    {
        var path = new Stack<Step>();
        var next = 0;
        for (var steps = 0; path.Count < _answered.Count; steps++)
        {
            if (steps >= maxSteps)
            {
                throw new InvalidOperationException($"not decided: the history is too tangled for {maxSteps} steps");
            }
            if (TryOneFrom(Math.Max(next, _first)) is { } step)
            {
                path.Push(step);
                next = 0;
                continue;
            }
            Remember(path.Count);
            if (path.Count == 0)
            {
                return false;
            }
            var last = path.Pop();
            Undo(last);
            next = last.Index + 1;
        }
        return true;
    }

    private Step? TryOneFrom(int index)
    {
        var bound = Bound();
        for (; index < _answered.Count && _answered[index].Invoked <= bound; index++)
        {
            if (!_done[index] && Apply(index, bound) is { } step)
            {
                if (_seen.Add(_hash))
                {
                    return step;
                }
                Undo(step);
            }
        }
        return null;
    }

    /// <summary>The first answer among those left: what was asked later cannot come next.</summary>
    private long Bound()
    {
        var bound = long.MaxValue;
        for (var index = _first; index < _answered.Count && _answered[index].Invoked <= bound; index++)
        {
            if (!_done[index])
            {
                bound = Math.Min(bound, _answered[index].Returned);
            }
        }
        return bound;
    }

    private Step? Apply(int index, long bound)
    {
        var needed = Needed(index);
        if (needed.Any(change => !IsOpen(change, bound)))
        {
            return null;
        }
        var operation = _answered[index];
        var step = new Step(index, needed, _first, _hash);
        foreach (var change in needed)
        {
            Use(change, 1);
        }
        if (operation.Answer == OperationAnswer.Done && operation.Kind is OperationKind.Create or OperationKind.Destroy)
        {
            Put(_keys[operation.Name], operation.Kind == OperationKind.Create);
        }
        _done[index] = true;
        Mix(1, index, 0);
        while (_first < _answered.Count && _done[_first])
        {
            _first++;
        }
        return step;
    }

    private void Undo(Step step)
    {
        var operation = _answered[step.Index];
        _done[step.Index] = false;
        _first = step.First;
        if (operation.Answer == OperationAnswer.Done && operation.Kind is OperationKind.Create or OperationKind.Destroy)
        {
            Put(_keys[operation.Name], operation.Kind != OperationKind.Create);
        }
        foreach (var change in step.Needed)
        {
            Use(change, -1);
        }
        _hash = step.Hash;
    }

    /// <summary>What would have to be put in or taken out first, so that the answer is true.</summary>
    private List<(int Key, bool In)> Needed(int index)
    {
        var operation = _answered[index];
        if (operation.Kind == OperationKind.List)
        {
            var listed = _lists[index]!;
            return
            [
                .. listed.Where(key => !_present.Contains(key)).Select(key => (key, true)),
                .. _present.Where(key => !listed.Contains(key)).Select(key => (key, false)),
            ];
        }
        var mustBeThere = (operation.Kind == OperationKind.Create) != (operation.Answer == OperationAnswer.Done);
        var key = _keys[operation.Name];
        return _present.Contains(key) == mustBeThere ? [] : [(key, mustBeThere)];
    }

    private bool IsOpen((int Key, bool In) change, long bound)
    {
        var times = (change.In ? _openCreates : _openDestroys)[change.Key];
        var used = (change.In ? _usedCreates : _usedDestroys)[change.Key];
        return used < times.Count && times[used] <= bound;
    }

    private void Use((int Key, bool In) change, int times)
    {
        var used = change.In ? _usedCreates : _usedDestroys;
        used[change.Key] += times;
        Put(change.Key, times > 0 == change.In);
        Mix(change.In ? 2 : 3, change.Key, used[change.Key]);
    }

    private void Put(int key, bool isThere)
    {
        _ = isThere ? _present.Add(key) : _present.Remove(key);
        Mix(4, key, 0);
    }

    private void Mix(int kind, int index, int count)
    {
        var seed = ((ulong)kind << 56) ^ ((ulong)(uint)count << 32) ^ (uint)index;
        _hash = (_hash.High ^ Scramble(seed), _hash.Low ^ Scramble(seed ^ 0xA5A5_5A5A_0F0F_F0F0));
    }

    private static ulong Scramble(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }

    private void Remember(int length)
    {
        if (length <= _longest)
        {
            return;
        }
        _longest = length;
        Misfits = [];
        NamesOfMisfits = new HashSet<string>(StringComparer.Ordinal);
        var bound = Bound();
        for (var index = _first; index < _answered.Count && _answered[index].Invoked <= bound; index++)
        {
            if (_done[index])
            {
                continue;
            }
            var wrong = Needed(index).Where(change => !IsOpen(change, bound))
                .Select(change => (Name: _keys.First(pair => pair.Value == change.Key).Key, change.In))
                .ToList();
            if (wrong.Count != 0)
            {
                Misfits.Add((_answered[index], string.Join(
                    ", ", wrong.Select(change => $"{change.Name} is {(change.In ? "not " : "")}there"))));
                NamesOfMisfits.UnionWith(wrong.Select(change => change.Name));
            }
        }
    }

    private int Key(string name)
    {
        if (!_keys.TryGetValue(name, out var key))
        {
            key = _keys.Count;
            _keys.Add(name, key);
        }
        return key;
    }

    private List<long>[] Open(List<HistoryOperation> operations, OperationKind kind)
    {
        var open = new List<long>[_keys.Count];
        for (var key = 0; key < open.Length; key++)
        {
            open[key] = [];
        }
        foreach (var operation in operations
            .Where(operation => operation.Answer == OperationAnswer.Unknown && operation.Kind == kind)
            .OrderBy(operation => operation.Invoked))
        {
            open[_keys[operation.Name]].Add(operation.Invoked);
        }
        return open;
    }

    /// <summary>One operation put in its place, and what is needed to take it out again.</summary>
    private sealed record Step(int Index, List<(int Key, bool In)> Needed, int First, (ulong, ulong) Hash);
}
