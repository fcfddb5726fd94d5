using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Skein.Cluster.Consensus;

namespace Skein.Simulator.Transcripts;

/// <summary>What happened, in words: time, node, event, effects. Only the last lines are kept.</summary>
/// <param name="capacity">How many entries are kept.</param>
internal sealed class Transcript(int capacity)
{
    private readonly Queue<string> _entries = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Leave out what changes nothing: heartbeats and their answers.</summary>
    public bool IsBrief { get; init; }

    /// <summary>How many entries there were.</summary>
    public long Count { get; private set; }

    /// <summary>A hash of every entry there was: two runs with one digest were the same.</summary>
    public string Digest => Convert.ToHexStringLower(_hash.GetCurrentHash())[..16];

    /// <summary>Something that is no step of a node.</summary>
    public void Note(long time, string node, string text) => Add(Line(time, node, text));

    /// <summary>A step of a node.</summary>
    public void Step(
        long time, string node, object cause, StepSnapshot before, ConsensusCore core, ConsensusOutput output)
    {
        var effects = before.Effects(core, output);
        if (IsBrief && effects.Count == 0)
        {
            return;
        }
        var text = new StringBuilder(Line(time, node, MessageText.OfCause(cause)));
        foreach (var effect in effects)
        {
            text.Append("\n                 -> ").Append(effect);
        }
        Add(text.ToString());
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', _entries);

    private static string Line(long time, string node, string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{time,8} ms  {node,-3}  {text}");

    private void Add(string entry)
    {
        Count++;
        _hash.AppendData(Encoding.UTF8.GetBytes(entry));
        if (_entries.Count == capacity)
        {
            _entries.Dequeue();
        }
        _entries.Enqueue(entry);
    }
}
