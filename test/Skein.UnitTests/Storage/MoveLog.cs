using Skein.Storage.Moves;

namespace Skein.UnitTests.Storage;

/// <summary>Keeps what a piece of work reports.</summary>
internal sealed class MoveLog : IMoveReport
{
    private long _objects;
    private long _bytes;

    public long Objects => Volatile.Read(ref _objects);

    public long Bytes => Volatile.Read(ref _bytes);

    public List<string> Problems { get; } = [];

    public void Done(long objects, long bytes)
    {
        Interlocked.Add(ref _objects, objects);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Failed(string name, string problem)
    {
        lock (Problems)
        {
            Problems.Add($"{name}: {problem}");
        }
    }
}
