namespace Skein.Cli.Bench;

/// <summary>What operations are done to.</summary>
internal interface IBenchTarget
{
    /// <summary>Does one operation.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="random">Random numbers of the worker.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>What was done; null when there is nothing left to do it to.</returns>
    Task<BenchDone?> DoAsync(BenchOperation operation, Random random, CancellationToken cancellation);
}

/// <summary>One operation that succeeded.</summary>
/// <param name="Operation">Which: not the one that was asked for when that could not be done for want of objects.</param>
/// <param name="Bytes">Bytes that were moved, or names that were listed.</param>
internal readonly record struct BenchDone(BenchOperation Operation, long Bytes);
