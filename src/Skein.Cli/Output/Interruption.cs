namespace Skein.Cli.Output;

/// <summary>What a command that is interrupted leaves behind, in sentences for the person who interrupted it.</summary>
internal sealed class Interruption
{
    private readonly Lock _lock = new();
    private readonly List<Func<string>> _notes = [];

    /// <summary>Notes what has to be said if the command is interrupted from now on.</summary>
    /// <param name="note">Makes the sentence at that moment.</param>
    public void Note(Func<string> note)
    {
        lock (_lock)
        {
            _notes.Add(note);
        }
    }

    /// <summary>Forgets all notes: what was begun is complete.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _notes.Clear();
        }
    }

    /// <summary>Writes what was noted, the last first.</summary>
    public void Write(TextWriter writer)
    {
        lock (_lock)
        {
            for (var i = _notes.Count - 1; i >= 0; i--)
            {
                writer.WriteLine(_notes[i]());
            }
        }
    }
}
