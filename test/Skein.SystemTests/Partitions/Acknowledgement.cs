using System.Collections.Concurrent;
using System.Globalization;
using Skein.Core.Maps;

namespace Skein.SystemTests.Partitions;

/// <summary>A change that was acknowledged, with the document that the answer names.</summary>
/// <param name="What">The change, for the reader.</param>
/// <param name="Invoked">When it was asked for.</param>
/// <param name="Returned">When the answer was there.</param>
/// <param name="Stamp">Place of the document in the order.</param>
/// <param name="Hash">Hash of the document.</param>
internal sealed record Acknowledgement(string What, long Invoked, long Returned, DocumentStamp Stamp, string Hash);

/// <summary>
/// All acknowledged changes of a run. If two primaries both got something acknowledged, then there are two documents in
/// one place of the order, or a change that was asked for after another had been acknowledged is before it.
/// </summary>
internal sealed class Acknowledgements
{
    private readonly ConcurrentBag<Acknowledgement> _all = [];

    /// <summary>How many.</summary>
    public int Count => _all.Count;

    /// <summary>How many terms they are of: one more than elections seen, about.</summary>
    public int Terms => _all.Select(one => one.Stamp.Term).Distinct().Count();

    /// <summary>Takes one down.</summary>
    /// <param name="what">The change.</param>
    /// <param name="invoked">When it was asked for.</param>
    /// <param name="returned">When the answer was there.</param>
    /// <param name="header">The header <c>Skein-Stamp</c> of the answer.</param>
    public void Add(string what, long invoked, long returned, string header)
    {
        var parts = header.Split(' ');
        _all.Add(DocumentStamp.TryParse(parts[1], out var stamp)
            ? new Acknowledgement(what, invoked, returned, stamp, parts[2])
            : throw new FormatException($"no stamp: {header}"));
    }

    /// <summary>What is wrong with the order; null when there is one history.</summary>
    public string? Problem()
    {
        foreach (var place in _all.GroupBy(one => one.Stamp))
        {
            if (place.Select(one => one.Hash).Distinct().Count() != 1)
            {
                return $"two documents at {place.Key}: {string.Join("; ", place)}";
            }
        }
        var ends = new Queue<Acknowledgement>(_all.OrderBy(one => one.Returned));
        Acknowledgement? newest = null;
        foreach (var one in _all.OrderBy(one => one.Invoked))
        {
            while (ends.TryPeek(out var ended) && ended.Returned < one.Invoked)
            {
                ends.Dequeue();
                newest = newest is null || ended.Stamp > newest.Stamp ? ended : newest;
            }
            if (newest is not null && one.Stamp <= newest.Stamp)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"{one} was asked for after {newest} had been acknowledged");
            }
        }
        return null;
    }
}
