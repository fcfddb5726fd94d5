using Skein.Core.Maps;

namespace Skein.Simulator.Checks;

/// <summary>The committed documents of one generation, and of the ones before as far as it goes on from them.</summary>
internal sealed class CommittedLine
{
    private readonly SortedDictionary<long, (DocumentStamp Stamp, string Hash, string By)> _documents = [];

    /// <summary>The newest version.</summary>
    public long NewestVersion { get; private set; }

    public int Count => _documents.Count;

    public (DocumentStamp Stamp, string Hash, string By)? Find(long version) =>
        _documents.TryGetValue(version, out var known) ? known : null;

    /// <summary>The first after a version.</summary>
    public (DocumentStamp Stamp, string Hash, string By) After(long version) =>
        _documents.First(entry => entry.Key > version).Value;

    /// <summary>True when there is a document of that generation in it.</summary>
    public bool HasGeneration(long generation) => _documents.Values.Any(known => known.Stamp.Generation == generation);

    public void Add(string node, DocumentStamp stamp, string hash)
    {
        _documents.Add(stamp.Version, (stamp, hash, node));
        NewestVersion = Math.Max(NewestVersion, stamp.Version);
    }

    /// <summary>What a new generation begins with: all up to the newest of those given.</summary>
    public CommittedLine Until(HashSet<string> held)
    {
        var next = new CommittedLine();
        var last = _documents.LastOrDefault(entry => held.Contains(entry.Value.Hash)).Key;
        foreach (var (_, document) in _documents.Where(entry => entry.Key <= last))
        {
            next.Add(document.By, document.Stamp, document.Hash);
        }
        return next;
    }
}
