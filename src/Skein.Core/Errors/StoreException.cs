namespace Skein.Core.Errors;

/// <summary>An operation that failed for a reason the caller should be told. It knows no HTTP.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="code">What kind of failure it is.</param>
    /// <param name="message">Text for the caller: says what was wrong and, where possible, how to mend it.</param>
    /// <param name="inner">The cause, for the log only.</param>
    public StoreException(StoreErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>What kind of failure it is.</summary>
    public StoreErrorCode Code { get; }

    /// <summary>
    /// True when a change was asked of a node that does not lead, or leads no more, and nothing was done: it may be asked
    /// of the next primary without the danger that it is made twice.
    /// </summary>
    public bool IsUndone { get; init; }

    /// <summary>Size of the object in bytes, for <see cref="StoreErrorCode.RangeNotSatisfiable"/>; null elsewhere.</summary>
    public long? ObjectSize { get; init; }
}
