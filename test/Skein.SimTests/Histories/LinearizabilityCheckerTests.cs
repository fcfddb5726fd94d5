using Skein.TestKit.Histories;

namespace Skein.SimTests.Histories;

/// <summary>The checker finds what is wrong, and nothing else.</summary>
public sealed class LinearizabilityCheckerTests
{
    private readonly History _history = new();

    [Fact]
    public void Operations_one_after_the_other_are_fine()
    {
        Add(0, 1, OperationKind.Create, "a", OperationAnswer.Done);
        Add(2, 3, OperationKind.Create, "a", OperationAnswer.Refused);
        List(4, 5, "a");
        Add(6, 7, OperationKind.Destroy, "a", OperationAnswer.Done);
        Add(8, 9, OperationKind.Destroy, "a", OperationAnswer.Refused);
        Add(10, 11, OperationKind.Exists, "a", OperationAnswer.Refused);
        List(12, 13);
        IsFine();
    }

    [Fact]
    public void What_was_there_before_the_beginning_is_there()
    {
        var history = new History("a");
        history.ReturnList(history.Invoke("c", OperationKind.List, "", 0), ["a"], 1);
        Assert.Null(LinearizabilityChecker.Check(history));
    }

    [Fact]
    public void Answers_may_come_in_another_order_than_the_effects()
    {
        Add(0, 100, OperationKind.Create, "a", OperationAnswer.Done);
        List(10, 20, "a");
        Add(30, 40, OperationKind.Destroy, "a", OperationAnswer.Done);
        Add(0, 100, OperationKind.Create, "a", OperationAnswer.Done);
        IsFine();
    }

    [Fact]
    public void A_lost_write_is_found()
    {
        Add(0, 1, OperationKind.Create, "a", OperationAnswer.Done);
        List(2, 3);
        IsBroken("[2..3]", "a is there");
    }

    [Fact]
    public void A_stale_read_is_found()
    {
        Add(0, 1, OperationKind.Create, "a", OperationAnswer.Done);
        List(2, 3, "a");
        Add(4, 5, OperationKind.Create, "b", OperationAnswer.Done);
        List(6, 7, "a");
        IsBroken("[6..7]", "b is there");
    }

    [Fact]
    public void Two_lists_that_go_back_in_time_are_found()
    {
        Add(0, 100, OperationKind.Create, "a", OperationAnswer.Done);
        List(10, 20, "a");
        List(30, 40);
        IsBroken("[30..40]", "a is there");
    }

    [Fact]
    public void Two_creations_that_were_both_acknowledged_are_found()
    {
        Add(0, 10, OperationKind.Create, "a", OperationAnswer.Done);
        Add(5, 15, OperationKind.Create, "a", OperationAnswer.Done);
        IsBroken("create a", "a is there");
    }

    [Fact]
    public void A_name_that_nobody_created_is_found()
    {
        Add(0, 10, OperationKind.Create, "a", OperationAnswer.Done);
        List(20, 30, "a", "ghost");
        IsBroken("[20..30]", "ghost is not there");
    }

    [Fact]
    public void A_list_that_shows_two_moments_at_once_is_found()
    {
        // b was created after a was destroyed: no moment has both.
        Add(0, 1, OperationKind.Create, "a", OperationAnswer.Done);
        Add(5, 6, OperationKind.Destroy, "a", OperationAnswer.Done);
        Add(7, 8, OperationKind.Create, "b", OperationAnswer.Done);
        List(2, 20, "a", "b");
        IsBroken("[2..20]");
    }

    [Fact]
    public void An_effect_before_the_asking_is_found()
    {
        List(0, 5, "a");
        Add(6, 7, OperationKind.Create, "a", OperationAnswer.Done);
        IsBroken("[0..5]", "a is not there");
    }

    [Fact]
    public void Two_lists_that_saw_two_creations_in_different_order_are_found()
    {
        Add(0, 100, OperationKind.Create, "a", OperationAnswer.Done);
        Add(0, 100, OperationKind.Create, "b", OperationAnswer.Done);
        List(10, 90, "a");
        List(10, 90, "b");
        IsBroken("list");
    }

    [Fact]
    public void An_operation_without_an_answer_may_show_later_or_never()
    {
        Ask(0, OperationKind.Create, "a");
        Ask(0, OperationKind.Create, "never");
        List(10, 20);
        List(30, 40, "a");
        Ask(45, OperationKind.Destroy, "a");
        List(50, 60, "a");
        List(70, 80);
        IsFine();
    }

    [Fact]
    public void An_operation_without_an_answer_happens_once_at_most()
    {
        Ask(0, OperationKind.Create, "a");
        List(10, 20, "a");
        Add(30, 40, OperationKind.Destroy, "a", OperationAnswer.Done);
        List(50, 60, "a");
        IsBroken("[50..60]", "a is not there");
    }

    [Fact]
    public void An_operation_without_an_answer_does_not_happen_before_it_was_asked()
    {
        List(0, 5, "a");
        Ask(6, OperationKind.Create, "a");
        IsBroken("[0..5]", "a is not there");
    }

    [Fact]
    public void An_operation_that_failed_for_certain_must_not_show()
    {
        Add(0, 1, OperationKind.Create, "a", OperationAnswer.Failed);
        List(2, 3, "a");
        IsBroken("[2..3]", "a is not there");
    }

    [Fact]
    public void The_first_answer_that_breaks_the_order_is_named()
    {
        Add(0, 1, OperationKind.Create, "a", OperationAnswer.Done);
        List(2, 3);
        for (var time = 10; time < 1000; time += 10)
        {
            List(time, time + 1, "a");
        }
        IsBroken("[2..3]");
    }

    [Fact]
    public void A_search_that_grows_too_large_is_an_error_and_no_answer()
    {
        var operations = Enumerable.Range(0, 30)
            .Select(number => new HistoryOperation(
                number, "c", OperationKind.Create, $"n{number}", 0, 100, OperationAnswer.Done, null))
            .Append(new HistoryOperation(
                30, "c", OperationKind.Exists, "ghost", 0, 100, OperationAnswer.Done, null));
        var search = new LinearizationSearch([], [.. operations]);
        Assert.Throws<InvalidOperationException>(() => search.Run(10_000));
    }

    private int Ask(long from, OperationKind kind, string name) =>
        _history.Invoke($"client{_history.Operations.Count}", kind, name, from);

    private void Add(long from, long to, OperationKind kind, string name, OperationAnswer answer) =>
        _history.Return(Ask(from, kind, name), answer, to);

    private void List(long from, long to, params string[] names) =>
        _history.ReturnList(Ask(from, OperationKind.List, ""), names, to);

    private void IsFine() => Assert.Null(LinearizabilityChecker.Check(_history));

    private void IsBroken(params string[] words)
    {
        var found = LinearizabilityChecker.Check(_history);
        Assert.NotNull(found);
        foreach (var word in words)
        {
            Assert.Contains(word, found, StringComparison.Ordinal);
        }
    }
}
