using System.Text;
using Skein.Core.Placement;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Rebalance;

/// <summary>A target comes, and the objects that are its own from now on go to it while clients work.</summary>
public sealed class JoinTests
{
    private const int Count = 600;

    private static readonly string[] Names =
        [.. Enumerable.Range(0, Count).Select(i => $"dir{i % 7}/o{i}").Order(StringComparer.Ordinal)];

    [Fact]
    public async Task ExactlyWhatTheNewTargetOwnsMovesToIt()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2, 2);
        await FillAsync(cluster);
        var before = (await FilesAsync(cluster)).SelectMany(pair => pair.Value.Select(name => (name, pair.Key)))
            .ToDictionary(pair => pair.name, pair => pair.Key);
        var target = await cluster.AddTargetAsync();
        await RebalanceView.UntilDoneAsync(cluster.Http, cluster.Url);
        var after = await FilesAsync(cluster);
        var ids = cluster.Targets.Select(node => node.Id).Order(StringComparer.Ordinal).ToArray();
        var digests = ids.Select(HrwDigest.OfText).ToArray();
        foreach (var name in Names)
        {
            var owner = ids[Hrw.Choose(HrwDigest.OfObject("ais/@#/b", name), digests)];
            Assert.Equal([owner], after.Where(pair => pair.Value.Contains(name)).Select(pair => pair.Key));
            Assert.True(owner == before[name] || owner == target.Id, $"{name} went from {before[name]} to {owner}");
            Assert.Equal(Content(name), (await cluster.Http.GetAsync(cluster.Url, "b/" + name)).Succeeded().Body);
        }
        Assert.InRange(after[target.Id].Count, Count / 5, Count / 2);
        var seen = await RebalanceView.ReadAsync(cluster.Http, cluster.Url);
        Assert.Equal("g1", seen.GetProperty("id").GetString());
        Assert.Equal("finished", seen.GetProperty("state").GetString());
        Assert.Equal("", seen.GetProperty("note").GetString());
    }

    [Fact]
    public async Task ClientsNoticeNothingWhileObjectsMove()
    {
        await using var cluster = await InProcessCluster.StartAsync(3, 2, 2);
        await FillAsync(cluster);
        var kept = Names.ToHashSet(StringComparer.Ordinal);
        using var stop = new CancellationTokenSource();
        var reader = Follow(async () =>
        {
            var turns = 0;
            while (!stop.IsCancellationRequested)
            {
                var name = Names[(turns * 7 % (Count / 2)) + (Count / 2)];
                var proxy = cluster.Proxies[turns % 3].Url;
                TestReply? reply = null;
                Assert.Equal(200, await PatientlyAsync(async () => reply = await cluster.Http.GetAsync(proxy, "b/" + name)));
                Assert.Equal(Content(name), reply!.Body);
                if (turns % 10 == 0)
                {
                    var listed = await cluster.Http.ListAsync(proxy, "b", 100);
                    Assert.Equal(listed.Distinct(), listed);
                    Assert.Empty(Names[(Count / 2)..].Except(listed));
                }
                turns++;
            }
            Assert.True(turns > 10, $"only {turns} reads");
        });
        var deleter = Follow(async () =>
        {
            for (var i = 0; i < Count / 2; i += 3)
            {
                var proxy = cluster.Proxies[i % 3].Url;
                // 503 is an answer of a target that has just lost the name: whether it is gone is not known. A target that
                // knows of the new owner before the proxy does sends the client on once more.
                var code = await PatientlyAsync(() => cluster.Http.DeleteAsync(proxy, "b/" + Names[i]));
                Assert.Contains(code, new[] { 200, 404 });
                kept.Remove(Names[i]);
                Assert.Equal(404, await PatientlyAsync(() => cluster.Http.GetAsync(proxy, "b/" + Names[i])));
            }
        });
        await cluster.AddTargetAsync();
        await cluster.AddTargetAsync();
        await RebalanceView.UntilDoneAsync(cluster.Http, cluster.Url);
        await deleter;
        await stop.CancelAsync();
        await reader;
        Assert.Equal(kept.Order(StringComparer.Ordinal), await cluster.Http.ListAsync(cluster.Url, "b"));
        var files = await FilesAsync(cluster);
        Assert.Equal(kept.Order(StringComparer.Ordinal), files.SelectMany(pair => pair.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task TheNewestOfTwoCopiesIsKept()
    {
        await using var cluster = await InProcessCluster.StartAsync(2, 2);
        await FillAsync(cluster);
        await cluster.AddTargetAsync();
        foreach (var name in Names[..100])
        {
            (await cluster.Http.PutAsync(cluster.Url, "b/" + name, Encoding.UTF8.GetBytes("newer " + name))).Succeeded();
        }
        await RebalanceView.UntilDoneAsync(cluster.Http, cluster.Url);
        foreach (var name in Names)
        {
            var expected = Array.IndexOf(Names, name) < 100 ? Encoding.UTF8.GetBytes("newer " + name) : Content(name);
            Assert.Equal(expected, (await cluster.Http.GetAsync(cluster.Url, "b/" + name)).Succeeded().Body);
        }
        Assert.Equal(Count, (await FilesAsync(cluster)).Sum(pair => pair.Value.Count));
    }

    /// <summary>Names of the objects by what lies on the disks of each target, by its id.</summary>
    private static Task<SortedDictionary<string, HashSet<string>>> FilesAsync(InProcessCluster cluster)
    {
        var found = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var target in cluster.Targets)
        {
            var names = found[target.Id] = new HashSet<string>(StringComparer.Ordinal);
            foreach (var folder in Directory.EnumerateDirectories(target.Folder, "%ob", SearchOption.AllDirectories))
            {
                foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
                {
                    Assert.True(names.Add(Path.GetRelativePath(folder, file)), $"{file} is on two mountpaths");
                }
            }
        }
        return Task.FromResult(found);
    }

    private static async Task<int> PatientlyAsync(Func<Task<TestReply>> ask)
    {
        var code = 503;
        while (code is 503 or 301 or 307)
        {
            code = (await ask()).Code;
        }
        return code;
    }

    private static async Task Follow(Func<Task> work)
    {
        await Task.Yield();
        await work();
    }

    private static byte[] Content(string name) => Encoding.UTF8.GetBytes("content of " + name);

    private static async Task FillAsync(InProcessCluster cluster)
    {
        (await cluster.Http.CreateAsync(cluster.Url, "b")).Succeeded();
        await Parallel.ForEachAsync(
            Names,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (name, _) => (await cluster.Http.PutAsync(cluster.Url, "b/" + name, Content(name))).Succeeded());
    }
}
