namespace Skein.TestKit.Histories;

/// <summary>What a client asks of a set of names, for example of the buckets of a cluster.</summary>
public enum OperationKind
{
    /// <summary>Put a name in; refused when it is there.</summary>
    Create,

    /// <summary>Take a name out; refused when it is not there.</summary>
    Destroy,

    /// <summary>Is a name there? Done for yes, refused for no.</summary>
    Exists,

    /// <summary>All names.</summary>
    List,
}

/// <summary>What a client was told.</summary>
public enum OperationAnswer
{
    /// <summary>Nothing, or nothing certain: it may have happened, may happen later, or never.</summary>
    Unknown,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was refused because of what was or was not there: the name exists, or it does not.</summary>
    Refused,

    /// <summary>It was certainly not done, and the answer says nothing about what is there.</summary>
    Failed,
}

/// <summary>One operation of one client.</summary>
/// <param name="Number">Its place in the order of asking.</param>
/// <param name="Client">Who asked, for the reader.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Name">The name it is about; empty for a list.</param>
/// <param name="Invoked">When it was asked, in any unit; one clock for all clients.</param>
/// <param name="Returned">When the answer came; <see cref="long.MaxValue"/> for never.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Names">What a list said.</param>
public sealed record HistoryOperation(
    int Number,
    string Client,
    OperationKind Kind,
    string Name,
    long Invoked,
    long Returned,
    OperationAnswer Answer,
    IReadOnlySet<string>? Names)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var what = Kind == OperationKind.List ? "list" : $"{Kind.ToString().ToLowerInvariant()} {Name}";
        var answer = (Kind, Answer) switch
        {
            (_, OperationAnswer.Unknown) => "no answer",
            (_, OperationAnswer.Failed) => "failed for certain",
            (OperationKind.List, _) => $"{{{string.Join(", ", Names!.Order(StringComparer.Ordinal))}}}",
            (OperationKind.Exists, OperationAnswer.Done) => "yes",
            (OperationKind.Exists, _) => "no",
            (OperationKind.Create, OperationAnswer.Refused) => "refused, it is there",
            (OperationKind.Destroy, OperationAnswer.Refused) => "refused, it is not there",
            _ => "done",
        };
        var until = Returned == long.MaxValue ? "" : $"{Returned}";
        return $"[{Invoked}..{until}] {Client}: {what} -> {answer}";
    }
}
