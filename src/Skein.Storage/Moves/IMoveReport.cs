namespace Skein.Storage.Moves;

/// <summary>Hears what a long piece of work on the disks has done so far. Any thread may call.</summary>
public interface IMoveReport
{
    /// <summary>Objects, or other files, were dealt with.</summary>
    /// <param name="objects">How many.</param>
    /// <param name="bytes">Of what size together.</param>
    void Done(long objects, long bytes);

    /// <summary>Something could not be done; the work goes on.</summary>
    /// <param name="name">The object or file.</param>
    /// <param name="problem">What is wrong.</param>
    void Failed(string name, string problem);
}
