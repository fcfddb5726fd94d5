namespace Skein.Target.Batches;

/// <summary>The bounds of one answer with many objects.</summary>
internal static class BatchLimits
{
    /// <summary>Things that are opened before it is their turn.</summary>
    public const int Prefetch = 8;

    /// <summary>How often an owner is looked for while owners change.</summary>
    public const int MaxAttempts = 3;

    /// <summary>Bytes that are collected before they are sent.</summary>
    public const int BufferBytes = 64 << 10;
}
