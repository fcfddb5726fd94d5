using System.Text.Json.Serialization;

namespace Skein.Cli.Transfers;

/// <summary>What came of moving, or deleting, a number of objects.</summary>
internal sealed record TransferReport
{
    /// <summary>Number of objects that were done.</summary>
    [JsonPropertyName("objects")]
    public required long Objects { get; init; }

    /// <summary>Their bytes.</summary>
    [JsonPropertyName("bytes")]
    public required long Bytes { get; init; }

    /// <summary>Time taken, seconds.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    /// <summary>Number of objects that failed.</summary>
    [JsonPropertyName("failed")]
    public required long Failed { get; init; }

    /// <summary>The first failures, at most <see cref="TransferRunner.MaxListedFailures"/>.</summary>
    [JsonPropertyName("errors")]
    public required IReadOnlyList<TransferFailure> Errors { get; init; }

    /// <summary>True when work was left undone because too much had failed.</summary>
    [JsonPropertyName("stopped_early")]
    public required bool StoppedEarly { get; init; }

    /// <summary>The report of work that has succeeded as a whole.</summary>
    /// <param name="objects">Number of objects.</param>
    /// <param name="bytes">Their bytes.</param>
    /// <param name="time">Time taken.</param>
    public static TransferReport Done(long objects, long bytes, TimeSpan time) => new()
    {
        Objects = objects,
        Bytes = bytes,
        Seconds = Math.Round(time.TotalSeconds, 3),
        Failed = 0,
        Errors = [],
        StoppedEarly = false,
    };
}

/// <summary>An object that could not be moved.</summary>
/// <param name="Name">Object name or file.</param>
/// <param name="Error">What went wrong.</param>
internal sealed record TransferFailure(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("error")] string Error);
