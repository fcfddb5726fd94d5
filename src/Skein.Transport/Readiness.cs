namespace Skein.Transport;

/// <summary>
/// Brings the kernel's word that a socket is ready together with whoever waits for it. The word comes once for each change,
/// also while nobody waits: then it is kept for the next who wants to wait.
/// </summary>
internal struct Readiness
{
    private const int Quiet = 0;
    private const int Signalled = 1;
    private const int Awaited = 2;

    private int _state;

    /// <summary>Begins to wait, after the socket has said that it would block.</summary>
    /// <returns>False when it has become ready meanwhile: try again.</returns>
    public bool TryAwait()
    {
        if (Interlocked.CompareExchange(ref _state, Awaited, Quiet) == Quiet)
        {
            return true;
        }
        Interlocked.Exchange(ref _state, Quiet);
        return false;
    }

    /// <summary>The socket is ready.</summary>
    /// <returns>True when somebody waited, and is to be woken by the caller.</returns>
    public bool Signal()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state == Signalled)
            {
                return false;
            }
            var next = state == Awaited ? Quiet : Signalled;
            if (Interlocked.CompareExchange(ref _state, next, state) == state)
            {
                return state == Awaited;
            }
        }
    }

    /// <summary>Ends a wait for another reason.</summary>
    /// <returns>True when somebody waited, and is to be woken by the caller.</returns>
    public bool TryEnd() => Interlocked.CompareExchange(ref _state, Quiet, Awaited) == Awaited;
}
