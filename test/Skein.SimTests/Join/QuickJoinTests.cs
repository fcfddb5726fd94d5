namespace Skein.SimTests.Join;

/// <summary>A dead address costs a tenth of a second, not a timeout.</summary>
public sealed class QuickJoinTests
{
    [Fact]
    public void Each_dead_address_costs_at_most_a_tenth_of_a_second()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            QuickJoin.Run(seed, new Variant());
        }
    }
}
