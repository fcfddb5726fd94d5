using Skein.TestKit.Clusters;

namespace Skein.SystemTests;

/// <summary>A node that has nothing to do needs little memory.</summary>
public sealed class MemoryTests
{
    private const long Limit = 80 << 20;

    public static bool IsPublished => Programs.IsPublished;

    [Fact(Skip = "skeind is newer than its published form: run ./dev build", SkipUnless = nameof(IsPublished))]
    public async Task AnIdleNodeNeedsLessThan80MiB()
    {
        await using var cluster = await ProcessCluster.StartAsync(3, 3, 2);
        foreach (var node in cluster.Nodes)
        {
            var memory = node.ResidentMemory;
            Report.Line($"{node.Id}: {memory / 1048576.0:0.0} MiB resident");
            Assert.InRange(memory, 1, Limit);
        }
    }
}
