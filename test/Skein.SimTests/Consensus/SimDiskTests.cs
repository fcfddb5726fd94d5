using Skein.Cluster.Consensus;
using Skein.Simulator.Disks;
using Skein.Simulator.World;

namespace Skein.SimTests.Consensus;

/// <summary>The simulated disk keeps what was flushed, and may lose or tear the rest.</summary>
public sealed class SimDiskTests
{
    [Fact]
    public void What_was_flushed_stays()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var disk = new SimDisk(new Random(seed), DiskMutation.None);
            Write(disk, "/a.tmp", "old");
            disk.Flush("/a.tmp");
            disk.Move("/a.tmp", "/a");
            disk.FlushFolder("/");
            Write(disk, "/b", "never flushed");
            disk.LosePower();
            Assert.Equal("old", Read(disk, "/a"));
        }
    }

    [Fact]
    public void What_was_not_flushed_may_be_lost_torn_or_there()
    {
        var seen = new HashSet<string>();
        for (var seed = 0; seed < 300; seed++)
        {
            var disk = new SimDisk(new Random(seed), DiskMutation.None);
            Write(disk, "/a", "0123456789");
            disk.LosePower();
            seen.Add(Read(disk, "/a") ?? "(no file)");
        }
        Assert.Contains("(no file)", seen);
        Assert.Contains("", seen);
        Assert.Contains("0123456789", seen);
        Assert.Contains(seen, text => text.Length is > 0 and < 10 && "0123456789".StartsWith(text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_rename_that_was_not_flushed_may_be_undone()
    {
        var seen = new HashSet<string>();
        for (var seed = 0; seed < 100; seed++)
        {
            var disk = new SimDisk(new Random(seed), DiskMutation.None);
            foreach (var text in new[] { "old", "new" })
            {
                Write(disk, "/a.tmp", text);
                disk.Flush("/a.tmp");
                disk.Move("/a.tmp", "/a");
                if (text == "old")
                {
                    disk.FlushFolder("/");
                }
            }
            disk.LosePower();
            seen.Add(Read(disk, "/a")!);
        }
        Assert.Equal(["new", "old"], seen.Order());
    }

    [Fact]
    public void Power_is_lost_at_the_operation_that_was_said()
    {
        var disk = new SimDisk(new Random(1), DiskMutation.None) { PowerLossAt = 2 };
        Write(disk, "/a", "text");
        Assert.Throws<PowerLossException>(() => disk.Flush("/a"));
    }

    [Fact]
    public void A_bit_turns_over()
    {
        var disk = new SimDisk(new Random(1), DiskMutation.None);
        Write(disk, "/a", "text");
        Assert.Equal("/a", disk.FlipBit());
        Assert.NotEqual("text", Read(disk, "/a"));
        Assert.Equal(4, disk.Read("/a").Length);
    }

    /// <summary>Found by the simulator: a process is killed before a rename is durable, the next acts on what it reads.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_node_reads_at_its_start_survives_a_loss_of_power(bool isBroken)
    {
        var mutation = isBroken ? DiskMutation.NotFlushedAtStart : DiskMutation.None;
        var forgotten = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            var disk = new SimDisk(new Random(seed), mutation);
            var storage = new NodeStorage(disk, mutation);
            storage.Load();
            storage.Save(ConsensusState.Blank with { Epoch = new Epoch(1, 1), VotedFor = "p1" });
            disk.PowerLossAt = 1 + (seed % 6);
            try
            {
                storage.Save(ConsensusState.Blank with { Epoch = new Epoch(1, 2), VotedFor = "p2" });
            }
            catch (PowerLossException)
            {
                // Only the process dies here: what it wrote is still in the memory of the machine.
            }
            disk.PowerLossAt = 0;
            var read = storage.Load();
            disk.LosePower();
            forgotten += storage.Load() == read ? 0 : 1;
        }
        Assert.Equal(isBroken, forgotten > 0);
    }

    private static void Write(SimDisk disk, string path, string text) =>
        disk.Write(path, [], System.Text.Encoding.Latin1.GetBytes(text));

    private static string? Read(SimDisk disk, string path) =>
        disk.Exists(path) ? System.Text.Encoding.Latin1.GetString(disk.Read(path)) : null;
}
