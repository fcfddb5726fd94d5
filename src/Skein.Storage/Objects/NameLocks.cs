namespace Skein.Storage.Objects;

/// <summary>
/// One writer per object name: a fixed number of locks, shared by names of the same digest modulo their number. Readers
/// need none, since a rename replaces a file in one step.
/// </summary>
internal sealed class NameLocks : IDisposable
{
    private const int Stripes = 1024;

    private readonly SemaphoreSlim[] _stripes = new SemaphoreSlim[Stripes];

    public NameLocks()
    {
        for (var i = 0; i < Stripes; i++)
        {
            _stripes[i] = new SemaphoreSlim(1, 1);
        }
    }

    /// <summary>Waits for the name; dispose the answer to let it go. Take one at a time.</summary>
    public async ValueTask<Held> AcquireAsync(ulong digest, CancellationToken cancel)
    {
        var stripe = _stripes[digest % Stripes];
        await stripe.WaitAsync(cancel).ConfigureAwait(false);
        return new Held(stripe);
    }

    /// <summary>True while somebody holds the lock of the name, or of another one that shares it.</summary>
    public bool IsHeld(ulong digest) => _stripes[digest % Stripes].CurrentCount == 0;

    /// <summary>Waits until everyone who holds a lock now has let it go.</summary>
    public async Task DrainAsync(CancellationToken cancel)
    {
        foreach (var stripe in _stripes)
        {
            await stripe.WaitAsync(cancel).ConfigureAwait(false);
            stripe.Release();
        }
    }

    public void Dispose()
    {
        foreach (var stripe in _stripes)
        {
            stripe.Dispose();
        }
    }

    /// <summary>A lock that is held.</summary>
    public readonly struct Held(SemaphoreSlim stripe) : IDisposable
    {
        public void Dispose() => stripe.Release();
    }
}
