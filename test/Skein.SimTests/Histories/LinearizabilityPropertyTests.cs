using CsCheck;
using Skein.TestKit.Histories;

namespace Skein.SimTests.Histories;

/// <summary>The checker against a plain one that tries every order, and against histories of a real set.</summary>
public sealed class LinearizabilityPropertyTests
{
    private static readonly string[] Names = ["a", "b"];

    private static readonly Gen<HistoryOperation> AnyOperation = Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, 1], Gen.Long[0, 12], Gen.Long[0, 8], Gen.Int[0, 2], Gen.Int[0, 3],
        (kind, name, from, span, answer, names) => Make(
            (OperationKind)kind, Names[name], (from, from + span), (OperationAnswer)answer, names));

    [Fact]
    public void It_agrees_with_trying_every_order()
    {
        var (fine, broken) = (0, 0);
        AnyOperation.Array[1, 6].Sample(
            operations =>
            {
                var found = new LinearizationSearch([], [.. operations]).Run(LinearizabilityChecker.MaxSteps);
                var expected = TryAll([], 0, operations);
                Interlocked.Increment(ref expected ? ref fine : ref broken);
                return found == expected;
            },
            iter: 20_000);
        // A sample of one kind only would show nothing.
        Assert.True(fine > 500 && broken > 500, $"{fine} fine, {broken} broken");
    }

    [Fact]
    public void A_real_set_is_always_fine_and_a_falsified_answer_is_mostly_found()
    {
        var found = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var operations = RealHistory(random, 300);
            Assert.True(
                new LinearizationSearch([], operations).Run(LinearizabilityChecker.MaxSteps), $"seed {seed}");
            var lists = operations.Where(operation => operation.Names is not null).ToList();
            var victim = lists[random.Next(lists.Count)];
            operations[operations.IndexOf(victim)] = victim with
            {
                Names = victim.Names!.Append("ghost").ToHashSet(StringComparer.Ordinal),
            };
            found += new LinearizationSearch([], operations).Run(LinearizabilityChecker.MaxSteps) ? 0 : 1;
        }
        Assert.Equal(200, found);
    }

    /// <summary>Operations of eight clients at once upon a real set, each done at a moment within its time.</summary>
    private static List<HistoryOperation> RealHistory(Random random, int count)
    {
        var set = new HashSet<string>(StringComparer.Ordinal);
        var operations = new List<HistoryOperation>();
        for (var number = 0; number < count; number++)
        {
            var moment = number * 10L;
            var (from, to) = (moment - random.Next(40), moment + random.Next(40));
            var kind = (OperationKind)random.Next(4);
            var name = $"n{random.Next(6)}";
            var done = kind switch
            {
                OperationKind.Create => set.Add(name),
                OperationKind.Destroy => set.Remove(name),
                OperationKind.Exists => set.Contains(name),
                _ => true,
            };
            var lost = random.Next(10) == 0 && kind is OperationKind.Create or OperationKind.Destroy;
            operations.Add(new HistoryOperation(
                number,
                "c",
                kind,
                name,
                from,
                lost ? long.MaxValue : to,
                lost ? OperationAnswer.Unknown : done ? OperationAnswer.Done : OperationAnswer.Refused,
                kind == OperationKind.List ? set.ToHashSet(StringComparer.Ordinal) : null));
        }
        return operations;
    }

    private static HistoryOperation Make(
        OperationKind kind, string name, (long From, long To) time, OperationAnswer answer, int names)
    {
        var told = kind == OperationKind.List && answer == OperationAnswer.Refused ? OperationAnswer.Done : answer;
        return new HistoryOperation(
            0,
            "c",
            kind,
            name,
            time.From,
            told == OperationAnswer.Unknown ? long.MaxValue : time.To,
            told,
            kind == OperationKind.List ? Names.Where((_, index) => (names & (1 << index)) != 0).ToHashSet() : null);
    }

    /// <summary>Every order, with and without each operation that has no answer.</summary>
    private static bool TryAll(HashSet<string> set, int done, HistoryOperation[] operations)
    {
        var left = Enumerable.Range(0, operations.Length).Where(index => (done & (1 << index)) == 0).ToList();
        if (left.TrueForAll(index => operations[index].Answer == OperationAnswer.Unknown))
        {
            return true;
        }
        var bound = left.Min(index => operations[index].Returned);
        foreach (var index in left.Where(index => operations[index].Invoked <= bound))
        {
            var next = new HashSet<string>(set);
            if (Fits(next, operations[index]) && TryAll(next, done | (1 << index), operations))
            {
                return true;
            }
        }
        return false;
    }

    private static bool Fits(HashSet<string> set, HistoryOperation operation)
    {
        var done = operation.Kind switch
        {
            OperationKind.Create => set.Add(operation.Name),
            OperationKind.Destroy => set.Remove(operation.Name),
            OperationKind.Exists => set.Contains(operation.Name),
            _ => operation.Answer == OperationAnswer.Unknown || set.SetEquals(operation.Names!),
        };
        return operation.Answer == OperationAnswer.Unknown || done == (operation.Answer == OperationAnswer.Done);
    }
}
