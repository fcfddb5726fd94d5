using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Win32.SafeHandles;

namespace Skein.Transport;

/// <summary>What became of a look at a request.</summary>
public enum QuickOutcome
{
    /// <summary>The request is not one that is answered here; its bytes go to the HTTP server untouched.</summary>
    Declined,

    /// <summary>It may be, but that could block: ask again on another thread.</summary>
    NeedsThread,

    /// <summary>The answer is there.</summary>
    Ready,
}

/// <summary>
/// Answers plain requests before the HTTP server sees them. It is asked only at the border between two requests, with the
/// bytes that are there, and decides by them alone.
/// </summary>
public interface IQuickResponder
{
    /// <summary>Looks at the bytes.</summary>
    /// <param name="received">What has been received: from the first byte of a request on, at least one byte.</param>
    /// <param name="features">Features of the connection.</param>
    /// <param name="mayBlock">False on an event thread: nothing may then wait for a disk.</param>
    /// <param name="answer">To be filled for <see cref="QuickOutcome.Ready"/>, and left empty otherwise.</param>
    QuickOutcome TryAnswer(
        ReadOnlySpan<byte> received, IFeatureCollection features, bool mayBlock, QuickAnswer answer);
}

/// <summary>Is told how an answer ended.</summary>
public interface IQuickOwner
{
    /// <summary>
    /// The answer is over: what it held is to be released. Called exactly once for each that was ready.
    /// </summary>
    /// <param name="answer">The answer, still filled.</param>
    /// <param name="failure">Why it could not be sent to its end; null when it was.</param>
    void Done(QuickAnswer answer, Exception? failure);
}

/// <summary>An answer on its way: some bytes, then a part of a file. Used again for the next one of the connection.</summary>
public sealed class QuickAnswer
{
    private byte[] _bytes = [];

    /// <summary>Bytes of the request; they are consumed.</summary>
    public int RequestBytes { get; set; }

    /// <summary>The file whose bytes follow; null for none.</summary>
    public SafeFileHandle? File { get; set; }

    /// <summary>Next byte of the file to be sent.</summary>
    public long Offset { get; set; }

    /// <summary>Bytes of the file that are still to be sent.</summary>
    public long Left { get; set; }

    /// <summary>Who is told of the end.</summary>
    public IQuickOwner? Owner { get; set; }

    /// <summary>Whatever the owner wants to remember.</summary>
    public object? State { get; set; }

    /// <summary>When the request was looked at first, in the owner's unit.</summary>
    public long Started { get; set; }

    /// <summary>Number of bytes in <see cref="Bytes"/> that are to be sent.</summary>
    public int Count { get; private set; }

    /// <summary>Number of them that were sent.</summary>
    internal int Sent { get; set; }

    /// <summary>The first bytes of the answer.</summary>
    internal byte[] Bytes => _bytes;

    /// <summary>Room for the first bytes of the answer.</summary>
    /// <param name="most">At most so many will be written.</param>
    public Span<byte> Reserve(int most)
    {
        if (_bytes.Length < most)
        {
            Release();
            _bytes = ArrayPool<byte>.Shared.Rent(most);
        }
        return _bytes;
    }

    /// <summary>Says how many bytes were written.</summary>
    public void Fill(int count) => Count = count;

    /// <summary>Empties it without telling anybody.</summary>
    public void Clear()
    {
        Release();
        RequestBytes = 0;
        File = null;
        Offset = 0;
        Left = 0;
        Owner = null;
        State = null;
        Started = 0;
        Count = 0;
        Sent = 0;
    }

    /// <summary>Ends it.</summary>
    internal void End(Exception? failure)
    {
        var owner = Owner;
        try
        {
            owner?.Done(this, failure);
        }
        finally
        {
            Clear();
        }
    }

    private void Release()
    {
        if (_bytes.Length != 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
