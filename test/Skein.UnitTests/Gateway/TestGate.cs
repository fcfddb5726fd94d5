using Skein.Cluster.Leases;
using Skein.Core.Errors;

namespace Skein.UnitTests.Gateway;

/// <summary>A gate that a test opens and closes.</summary>
internal sealed class TestGate : IWriteGate
{
    /// <summary>What those who want to write are told; empty to let them pass.</summary>
    public string Refusal { get; set; } = "";

    /// <summary>What those who have written are told; empty to let them pass.</summary>
    public string Objection { get; set; } = "";

    /// <summary>What the writes are stamped with.</summary>
    public Func<long> Ownership { get; set; } = () => 1;

    public ValueTask<long> EnterAsync(ulong objectDigest, CancellationToken cancellation) =>
        Refusal.Length == 0
            ? ValueTask.FromResult(Ownership())
            : throw new StoreException(StoreErrorCode.NotReady, Refusal);

    /// <summary>False for a target that is cut off.</summary>
    public bool MayDeny { get; set; } = true;

    public ValueTask<bool> MayDenyAsync(ulong objectDigest, CancellationToken cancellation) => ValueTask.FromResult(MayDeny);

    public void Confirm(ulong objectDigest, long entered)
    {
        if (Objection.Length != 0)
        {
            throw new StoreException(StoreErrorCode.NotReady, Objection);
        }
    }
}
