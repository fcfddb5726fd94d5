namespace Skein.TestKit.Histories;

/// <summary>
/// What clients asked of a set of names and what they were told, with the times of asking and of the answer. Safe for
/// use by many threads. An operation without an answer may or may not have happened.
/// </summary>
/// <param name="initial">Names that are there before the first operation.</param>
public sealed class History(params string[] initial)
{
    private readonly Lock _lock = new();
    private readonly List<HistoryOperation> _operations = [];

    /// <summary>Names that are there before the first operation.</summary>
    public IReadOnlyList<string> Initial => initial;

    /// <summary>All operations, in the order of asking.</summary>
    public IReadOnlyList<HistoryOperation> Operations
    {
        get
        {
            lock (_lock)
            {
                return [.. _operations];
            }
        }
    }

    /// <summary>A client is about to ask. To be called before the first byte leaves.</summary>
    /// <returns>The number to give with the answer.</returns>
    public int Invoke(string client, OperationKind kind, string name, long now)
    {
        lock (_lock)
        {
            var number = _operations.Count;
            _operations.Add(new HistoryOperation(
                number, client, kind, name, now, long.MaxValue, OperationAnswer.Unknown, null));
            return number;
        }
    }

    /// <summary>An answer has come. Not for lists. An answer that tells nothing certain need not be recorded.</summary>
    public void Return(int number, OperationAnswer answer, long now) => Set(number, answer, null, now);

    /// <summary>A list has come, complete.</summary>
    public void ReturnList(int number, IEnumerable<string> names, long now) =>
        Set(number, OperationAnswer.Done, names.ToHashSet(StringComparer.Ordinal), now);

    /// <summary>One line for each operation.</summary>
    public override string ToString() => string.Join('\n', Operations);

    private void Set(int number, OperationAnswer answer, IReadOnlySet<string>? names, long now)
    {
        lock (_lock)
        {
            var known = _operations[number];
            if (known.Answer != OperationAnswer.Unknown || now < known.Invoked)
            {
                throw new InvalidOperationException($"answered twice, or before it was asked: {known}");
            }
            if (answer == OperationAnswer.Unknown)
            {
                return; // It may still happen: it never ends.
            }
            if (known.Kind == OperationKind.List && answer != OperationAnswer.Failed && names is null)
            {
                throw new InvalidOperationException("a list is answered with names");
            }
            _operations[number] = known with { Answer = answer, Names = names, Returned = now };
        }
    }
}
