using System.Text;

namespace Skein.TestKit.Histories;

/// <summary>
/// Says whether a history of a set of names is linearizable: whether all operations can be put in one order, each at a
/// moment between its asking and its answer, in which every answer is true (Herlihy and Wing 1990). An operation
/// without an answer may stand anywhere after its asking, or nowhere.
/// </summary>
public static class LinearizabilityChecker
{
    /// <summary>Most steps of one search; a history that needs more is not decided, and that is an error.</summary>
    public const int MaxSteps = 5_000_000;

    private const int LinesOfExplanation = 40;

    /// <summary>Checks a history.</summary>
    /// <returns>Null when it is linearizable; else the first answer that cannot be true, and what led to it.</returns>
    /// <exception cref="InvalidOperationException">When the search is too large to be decided.</exception>
    public static string? Check(History history)
    {
        var operations = history.Operations.Where(operation => operation.Answer != OperationAnswer.Failed).ToList();
        if (Search(history, operations, long.MaxValue - 1, out _))
        {
            return null;
        }
        // A beginning of a linearizable history is linearizable: so the first answer that breaks it can be found.
        var ends = operations.Where(operation => operation.Answer != OperationAnswer.Unknown)
            .Select(operation => operation.Returned)
            .Distinct()
            .Order()
            .ToList();
        var (good, bad) = (-1, ends.Count - 1);
        while (bad - good > 1)
        {
            var middle = (good + bad) / 2;
            if (Search(history, operations, ends[middle], out _))
            {
                good = middle;
            }
            else
            {
                bad = middle;
            }
        }
        _ = Search(history, operations, ends[bad], out var search);
        return Explain(operations, ends[bad], search);
    }

    /// <summary>Looks at the history as it was at a time: what had no answer then, has none.</summary>
    private static bool Search(History history, List<HistoryOperation> operations, long time, out LinearizationSearch search)
    {
        var seen = operations
            .Where(operation => operation.Invoked <= time)
            .Select(operation => operation.Returned <= time
                ? operation
                : operation with { Answer = OperationAnswer.Unknown, Returned = long.MaxValue, Names = null });
        search = new LinearizationSearch(history.Initial, [.. seen]);
        return search.Run(MaxSteps);
    }

    private static string Explain(List<HistoryOperation> operations, long time, LinearizationSearch search)
    {
        var last = operations.Where(operation => operation.Returned == time).ToList();
        var text = new StringBuilder("not linearizable: with this answer no order explains all answers any more:\n");
        foreach (var operation in last)
        {
            text.Append("  ").Append(operation).Append('\n');
        }
        foreach (var (operation, why) in search.Misfits)
        {
            text.Append($"  in the longest order found, {operation} does not fit: {why}\n");
        }
        var names = last.Concat(search.Misfits.Select(misfit => misfit.Operation))
            .Select(operation => operation.Name)
            .Concat(search.NamesOfMisfits)
            .Where(name => name.Length != 0)
            .ToHashSet(StringComparer.Ordinal);
        var before = operations
            .Where(operation => operation.Invoked <= time
                && (operation.Kind == OperationKind.List ? names.Count != 0 : names.Contains(operation.Name)))
            .OrderBy(operation => operation.Invoked)
            .ToList();
        text.Append(before.Count > LinesOfExplanation ? $"the last {LinesOfExplanation} of " : "").Append("what led to it:\n");
        foreach (var operation in before.TakeLast(LinesOfExplanation))
        {
            text.Append("  ").Append(operation).Append('\n');
        }
        return text.ToString().TrimEnd();
    }
}
