namespace Skein.Target.Batches;

/// <summary>One thing out of many: open, or missing.</summary>
/// <param name="Length">Number of bytes.</param>
/// <param name="Content">Its bytes, of which the first <paramref name="Length"/> count.</param>
/// <param name="Behind">What is to be disposed of with it.</param>
/// <param name="Missing">Why it is missing; null when it is there.</param>
internal sealed record BatchPart(long Length, Stream Content, IAsyncDisposable? Behind, string? Missing = null)
    : IAsyncDisposable
{
    /// <summary>What stands for a thing that is missing.</summary>
    public static BatchPart OfMissing(string reason) => new(0, Stream.Null, null, reason);

    /// <summary>Closes it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        if (Behind is not null)
        {
            await Behind.DisposeAsync().ConfigureAwait(false);
        }
    }
}
