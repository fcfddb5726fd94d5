using Skein.Core.Maps;

namespace Skein.Target.Moves;

/// <summary>Counts.</summary>
internal sealed class RebalanceJobs : IRebalanceJobs, IMoveProgress
{
    public void Follow(RebalanceMetadata rebalance)
    {
    }

    public IMoveProgress Progress(RebalanceMetadata rebalance) => this;

    public void Visited(int objects)
    {
    }

    public void Sent(long bytes)
    {
    }

    public void Failed(string name, string problem)
    {
    }
}
