namespace Skein.SystemTests.Partitions;

/// <summary>
/// What the one writer of a name was told: the content that was acknowledged last, and the attempts after it that ended
/// without a clear answer. The empty text stands for no object.
/// </summary>
internal sealed class ObjectRecord
{
    private readonly List<string> _open = [];
    private readonly List<string> _older = [];

    /// <summary>Nothing is there.</summary>
    public const string None = "";

    /// <summary>Content acknowledged last, by its checksum.</summary>
    public string Acknowledged { get; private set; } = None;

    /// <summary>True when every attempt has been answered: there is just one content that may be there.</summary>
    public bool IsCertain => _open.Count == 0;

    /// <summary>An attempt is about to be made.</summary>
    public void Sending(string content) => _open.Add(content);

    /// <summary>The attempt made last was acknowledged.</summary>
    public void Confirm()
    {
        _older.Add(Acknowledged);
        _older.AddRange(_open[..^1]);
        Acknowledged = _open[^1];
        _open.Clear();
    }

    /// <summary>The attempt made last was refused for certain: it has not happened.</summary>
    public void Refused() => _open.RemoveAt(_open.Count - 1);

    /// <summary>True when this may be what is there, with no fault around.</summary>
    public bool MayBe(string content) => content == Acknowledged || _open.Contains(content);

    /// <summary>True when this was there, or may have been, at some time: what a reader behind a cut may see.</summary>
    public bool WasOnce(string content) => MayBe(content) || _older.Contains(content);

    /// <inheritdoc/>
    public override string ToString() =>
        $"acknowledged \"{Acknowledged}\", open [{string.Join(' ', _open)}], before [{string.Join(' ', _older)}]";
}
