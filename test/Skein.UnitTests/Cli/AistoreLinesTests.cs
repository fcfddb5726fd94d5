using System.Globalization;
using System.Text.Json;
using Skein.Cli;
using Skein.Cli.Config;
using Skein.TestKit.Clusters;

namespace Skein.UnitTests.Cli;

/// <summary>
/// Command lines as AIStore documents them, word for word, under the name <c>ais</c>, against a cluster; the columns are those
/// that AIStore's own command line has printed.
/// </summary>
public sealed class AistoreLinesTests(AistoreLinesTests.Place place) : IClassFixture<AistoreLinesTests.Place>
{
    private CliRunner Cli => place.Cli;

    private string Target => place.Cluster.Targets[0].Id;

    private string Primary => place.Cluster.Proxies[0].Id;

    [Fact]
    public async Task Of_clusters()
    {
        Columns(await AisAsync("show cluster proxy"), "PROXY|MEM USED(%)|MEM AVAIL|LOAD AVERAGE|UPTIME|STATUS");
        Columns(
            await AisAsync("show cluster target"),
            "TARGET|MEM USED(%)|MEM AVAIL|CAP USED(%)|CAP AVAIL|LOAD AVERAGE|UPTIME|STATUS");
        var all = await AisAsync("show cluster");
        Assert.Contains("Cluster Map:", all, StringComparison.Ordinal);
        Assert.Contains("1 (electable)", all, StringComparison.Ordinal);
        // BUILD TIME follows where a node has one; a column without a value is left out.
        Columns(
            await AisAsync($"show cluster t[{Target}]"),
            "TARGET|MEM USED(%)|MEM AVAIL|CAP USED(%)|CAP AVAIL|LOAD AVERAGE|UPTIME|STATUS|VERSION");
        Columns(await AisAsync("show cluster smap"), "NODE|TYPE|PUBLIC URL");
        Assert.DoesNotContain("Summary", await AisAsync($"show cluster smap t[{Target}]"), StringComparison.Ordinal);
        Columns(await AisAsync("show cluster config"), "PROPERTY|VALUE");
        Assert.Equal("Cluster stats successfully reset\n", await AisAsync("cluster reset-stats"));
        Assert.Equal("Cluster error stats successfully reset\n", await AisAsync("cluster reset-stats --errors-only"));
        Assert.Equal($"p[{Primary}] is now a new primary\n", await AisAsync($"cluster set-primary {Primary}"));
        var unknown = await FailAsync("cluster set-primary nonode");
        Assert.StartsWith("Error: node \"nonode\" does not exist", unknown, StringComparison.Ordinal);
        Assert.Contains("'ais show cluster'", unknown, StringComparison.Ordinal);
        Assert.Equal(2, (await AisAsync("show cluster smap --refresh 20ms --count 2")).Split("Summary:").Length - 1);
    }

    [Fact]
    public async Task Of_buckets()
    {
        Assert.Equal("\"ais://cli1\" created\n", await AisAsync("create ais://cli1"));
        Assert.Contains("already exists", await FailAsync("create ais://cli1"), StringComparison.Ordinal);
        Assert.Equal(
            "\"ais://cli2\" created\n", await AisAsync("create ais://cli2 --props=\"mirror.burst_buffer=64 lru.enabled=false\""));
        await AisAsync("create ais://cli3 --props='{\"versioning\": {\"enabled\": true, \"validate_warm_get\": true}}'");
        Assert.Equal("\"ais://cli4\" created\n\"ais://cli5\" created\n", await AisAsync("bucket create ais://cli4 ais://cli5"));
        foreach (var line in (string[])["ls", "ls ais://", "ls ais:", "ls ais", "bucket ls"])
        {
            var listed = await AisAsync(line);
            Columns(listed, "NAME|PRESENT");
            Assert.Contains("Total: [AIS buckets: ", listed, StringComparison.Ordinal);
        }
        Assert.Equal("ais://cli4  yes\nais://cli5  yes\n", await AisAsync("ls --regex cli[45] -H"));
        Columns(await AisAsync("ls --summary"), "NAME|PRESENT|OBJECTS|SIZE (apparent, objects, remote)|USAGE(%)");
        const string sums =
            "NAME|OBJECTS (cached, remote)|OBJECT SIZES (min, avg, max)|TOTAL OBJECT SIZE (cached, remote)|USAGE(%)";
        Columns(await AisAsync("storage summary ais://cli1"), sums);
        Columns(await AisAsync("bucket summary"), sums);
        Columns(await AisAsync("show storage summary ais:"), sums);
        Columns(await AisAsync("bucket props show ais://cli2"), "PROPERTY|VALUE");
        Assert.Contains("checksum  ", await AisAsync("show bucket ais://cli2 --compact"), StringComparison.Ordinal);
        Assert.Contains(
            "mirror.burst_buffer  64\n", await AisAsync("bucket props show ais://cli2 mirror"), StringComparison.Ordinal);
        Assert.Equal(
            "\"versioning.enabled\" set to: \"false\" (was: \"true\")\n\nBucket props successfully updated.\n",
            await AisAsync("bucket props set ais://cli1 versioning.enabled=false"));
        Assert.Contains(
            "nothing to do", await AisAsync("bucket props set ais://cli1 versioning.enabled false"), StringComparison.Ordinal);
        Assert.Contains("lru.enabled ", await AisAsync("bucket lru ais://cli1"), StringComparison.Ordinal);
        Assert.StartsWith(
            "\"lru.enabled\" set to: \"true\" (was: \"false\")\n", await AisAsync("bucket lru ais://cli1 --enable"),
            StringComparison.Ordinal);
        Assert.Equal(
            "Bucket \"ais://cli1\": LRU is already enabled, nothing to do\n", await AisAsync("bucket lru ais://cli1 --enable"));
        await AisAsync("bucket props set ais://cli1 '{\"versioning\": {\"enabled\": true}}'");
        var unknown = await FailAsync("bucket props set ais://cli1 nosuch.x=1");
        Assert.Contains("nosuch.x", unknown, StringComparison.Ordinal);
        Assert.Equal("Bucket props successfully reset.\n", await AisAsync("bucket props reset ais://cli2"));
        Assert.Contains("not allowed", await FailAsync("evict ais://cli3"), StringComparison.Ordinal);
        Assert.Contains(
            "expecting remote bucket", await FailAsync("prefetch ais://cli3 --template w"), StringComparison.Ordinal);
        Columns(await AisAsync("storage validate ais://cli1"), "BUCKET|OBJECTS|MISPLACED|MISSING COPIES");
        Columns(await AisAsync("show cluster bmd"), "PROVIDER|NAME|CREATED");
        Assert.Equal("\"ais://cli5\" destroyed\n", await AisAsync("bucket rm ais://cli5 -y"));
        Assert.Contains("ais://cli5", await FailAsync("bucket rm ais://cli5 -y"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_objects()
    {
        await AisAsync("create ais://obj");
        Cli.Write("src/a.txt", "file one");
        Cli.Write("src/b.txt", "file two");
        await AisAsync("put src ais://obj/d/ -y");
        Columns(await AisAsync("ls ais://obj"), "NAME|SIZE");
        Columns(
            await AisAsync("ls ais://obj --props all"), "NAME|SIZE|CHECKSUM|ATIME|VERSION|COPIES|CUSTOM|LOCATION|STATUS");
        Assert.Equal("NAME\nd/a.txt\nd/b.txt\n", await AisAsync("ls ais://obj --name-only"));
        Assert.Equal("NAME     SIZE\nd/a.txt  8B\n", await AisAsync("ls ais://obj --limit 1"));
        Assert.Equal("NAME     SIZE\nd/a.txt  8\nd/b.txt  8\n", await AisAsync("ls ais://obj --prefix d/ --units raw"));
        Assert.Equal(2, (await AisAsync("ls ais://obj --paged --page-size 1 --max-pages 2")).Split("NAME").Length - 1);
        Assert.Equal("NAME  SIZE\nd/\n", await AisAsync("ls ais://obj --nr"));
        Assert.StartsWith("Listed 2 names", await AisAsync("ls ais://obj --count-only"), StringComparison.Ordinal);
        Columns(await AisAsync("ls ais://obj/d/a.txt"), "PROPERTY|VALUE");
        Columns(await AisAsync("show object ais://obj/d/a.txt"), "PROPERTY|VALUE");
        var all = await AisAsync("object show ais://obj/d/a.txt --props=all");
        Assert.Contains("location  t[", all, StringComparison.Ordinal);
        Assert.Contains("checksum  xxhash[", all, StringComparison.Ordinal);
        Assert.Equal("Error: \"nosuch\" not found in ais://obj\n", await FailAsync("object show ais://obj/nosuch"));
        await AisAsync("object set-custom ais://obj/d/a.txt mykey1=value1 mykey2=value2");
        await AisAsync("object set-custom ais://obj/d/a.txt '{\"mykey1\":\"other\"}'");
        Assert.Contains(
            "custom  mykey1=other, mykey2=value2", (await AisAsync("object show ais://obj/d/a.txt --props custom,name"))
                .Replace("    ", "  ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(
            "ais://obj/d/a.txt is present (is cached)\n", await AisAsync("get ais://obj/d/a.txt --check-cached"));
        Assert.Contains("not present", await AisAsync("get ais://obj/nosuch --cached"), StringComparison.Ordinal);
        Assert.Equal("file two"u8.ToArray(), (await RunAsync("object cat ais://obj/d/b.txt")).Bytes);
        Assert.Equal("two"u8.ToArray(), (await RunAsync("object cat ais://obj/d/b.txt --offset 5 --length 3")).Bytes);
        Assert.Equal("\"d/b.txt\" moved to \"d/c.txt\"\n", await AisAsync("object mv ais://obj/d/b.txt d/c.txt"));
        Assert.Equal("deleted \"d/c.txt\" from ais://obj\n", await AisAsync("object rm ais://obj/d/c.txt"));
    }

    [Fact]
    public async Task Of_objects_by_pattern_list_template_and_piece()
    {
        await AisAsync("create ais://many");
        for (var i = 1; i <= 3; i++)
        {
            Cli.Write($"many/f-00{i}.txt", $"text {i}");
        }
        await AisAsync("put \"many/f-*.txt\" ais://many/glob/ -y");
        await AisAsync("put ais://many --template \"many/f-{001..002}.txt\" -y");
        await AisAsync("put ais://many/list/ --list \"many/f-003.txt, many/f-001.txt\" -y");
        Assert.Equal(
            "f-001.txt\nf-002.txt\nglob/f-001.txt\nglob/f-002.txt\nglob/f-003.txt\nlist/f-001.txt\nlist/f-003.txt\n",
            await AisAsync("ls ais://many --name-only -H"));
        Cli.Input = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        await AisAsync("put - ais://many/pieces --chunk-size 300");
        await AisAsync("put many/f-001.txt ais://many/pieces --append");
        byte[] expected = [.. Cli.Input, .. "text 1"u8];
        Assert.Equal(expected, (await RunAsync("get ais://many/pieces -")).Bytes);
        await AisAsync("get ais://many --template \"f-{001..002}.txt\" back -y");
        Assert.Equal(
            "text 2", await ReadAsync("back/f-002.txt"));
        Assert.Equal("text 3"u8.ToArray(), (await RunAsync("get ais://many/glob/f-003.txt -")).Bytes);
    }

    [Fact]
    public async Task Of_objects_in_archives()
    {
        await AisAsync("create ais://arch");
        Cli.Write("in/one.txt", "first");
        Cli.Write("in/two.md", "second");
        await AisAsync("put in/one.txt ais://arch/a.tar --archpath docs/one.txt");
        await AisAsync("put in/two.md ais://arch/a.tar --archpath docs/two.md");
        Assert.Equal("second"u8.ToArray(), (await RunAsync("get ais://arch/a.tar --archpath docs/two.md -")).Bytes);
        await AisAsync("get ais://arch/a.tar --archregx md --archmode suffix some.tar");
        Assert.NotEqual(0, new FileInfo(Path.Combine(Cli.Folder, "some.tar")).Length);
        await AisAsync("get ais://arch/a.tar unpack.tar --extract");
        Assert.Equal(
            "first", await ReadAsync("unpack/docs/one.txt"));
    }

    [Fact]
    public async Task Of_archives()
    {
        await AisAsync("create ais://src ais://dst");
        foreach (var i in (int[])[1, 2, 3])
        {
            Cli.Write($"wd/f{i}.txt", $"file {i}\n");
        }
        await AisAsync("put wd ais://src -y");
        Assert.Equal(
            "Archived ais://dst/a.tar\n",
            await AisAsync("archive bucket ais://src ais://dst/a.tar --template f{1..3}.txt --wait"));
        const string files = "    a.tar/f1.txt  7B\n    a.tar/f2.txt  7B\n    a.tar/f3.txt  7B\n";
        var listed = await AisAsync("archive ls ais://dst/a.tar");
        Columns(listed, "NAME|SIZE");
        Assert.EndsWith(files, listed, StringComparison.Ordinal);
        Assert.Equal(listed, await AisAsync("ls ais://dst --archive"));
        Assert.Equal(listed, await AisAsync("archive ls ais://dst"));
        Assert.EndsWith(
            "    a.tar/f2.txt  7B\n", await AisAsync("archive ls ais://dst --prefix a.tar/f2"), StringComparison.Ordinal);
        Assert.Equal(
            "APPEND wd/f1.txt to ais://dst/a.tar as \"new/f1.txt\"\n",
            await AisAsync("archive put wd/f1.txt ais://dst/a.tar --archpath new/f1.txt --append"));
        Assert.Equal("file 1\n"u8.ToArray(), (await RunAsync("archive get ais://dst/a.tar/new/f1.txt -")).Bytes);
        Assert.StartsWith(
            "APPEND 3 files (21B) => ais://dst/a.tar",
            await AisAsync("archive put ais://dst/a.tar --template wd/ --archpath more/ --append-or-put -y"),
            StringComparison.Ordinal);
        Assert.Equal("7", await CountAsync("ais://dst"));
        Assert.StartsWith(
            "PUT 3 files (21B) => ais://dst/b.tar.lz4",
            await AisAsync("archive put \"wd/*.txt\" ais://dst/b.tar.lz4 --append-or-put -y"), StringComparison.Ordinal);
        await AisAsync("archive bucket \"ais://src/f{2..3}.txt\" ais://dst/b.tar.lz4 --append-or-put --include-src-bck --wait");
        Assert.EndsWith(
            "    b.tar.lz4/f3.txt\n    b.tar.lz4/src/f2.txt\n    b.tar.lz4/src/f3.txt\n",
            await AisAsync("archive ls ais://dst/b.tar.lz4 --name-only"), StringComparison.Ordinal);
        Assert.Contains("and extract to", await AisAsync("archive get ais://dst/b.tar.lz4 out"), StringComparison.Ordinal);
        Assert.Equal("file 3\n", await ReadAsync("out/b/src/f3.txt"));
        await AisAsync("archive get ais://dst --prefix a.tar/more part");
        Assert.Equal("file 2\n", await ReadAsync("part/more/f2.txt"));
        Assert.False(File.Exists(Path.Combine(Cli.Folder, "part/f1.txt")));
        await AisAsync("archive get ais://dst/a.tar 111.tar --archregx=txt --archmode=suffix");
        // Without an option one file takes the place of the archive.
        Assert.Equal(
            "PUT wd/f2.txt to ais://dst/a.tar as \"f2.txt\"\n", await AisAsync("archive put wd/f2.txt ais://dst/a.tar"));
        Assert.EndsWith("a.tar/f2.txt  7B\n", await AisAsync("archive ls ais://dst/a.tar"), StringComparison.Ordinal);
        Assert.Contains(
            "does not exist", await FailAsync("archive put wd ais://dst/nosuch.tar --append -y"), StringComparison.Ordinal);
        Assert.Contains("no archive by its name", await FailAsync("archive put wd ais://dst/x -y"), StringComparison.Ordinal);

        async Task<string> CountAsync(string bucket) => (await AisAsync($"archive ls {bucket} --name-only -H"))
            .Split('\n').Count(line => line.StartsWith("    ", StringComparison.Ordinal)).ToString(CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Of_sorts()
    {
        const string description = "sort shards from 0 to 9";
        Assert.StartsWith(
            "Created 10 shards (",
            await AisAsync("archive gen-shards \"ais://dsort-testing/shard-{0..9}.tar\" --fsize 100 --fcount 4"),
            StringComparison.Ordinal);
        Assert.Equal(50, (await AisAsync("ls ais://dsort-testing --archive -H")).Split('\n').Length - 1);
        Cli.Write("spec.yaml", $"""
            input_extension: .tar
            input_bck:
                name: dsort-testing
            input_format:
                template: shard-{"{0..9}"}
            output_format: new-shard-{"{0000..1000}"}
            output_shard_size: 10KB
            description: {description}
            algorithm:
                kind: alphanumeric
            """);
        var id = (await AisAsync("job start dsort -f spec.yaml")).TrimEnd();
        await AisAsync($"wait {id}");
        const string columns = "JOB ID|STATUS|START|FINISH|SRC BUCKET|DST BUCKET|SRC SHARDS";
        var table = await AisAsync("show job dsort --all --regex \"^sort (.*)\"");
        Columns(table, columns);
        Assert.StartsWith($"{id}  Finished", table.Split('\n')[1], StringComparison.Ordinal);
        Assert.EndsWith("ais://dsort-testing  10", table.Split('\n')[1], StringComparison.Ordinal);
        Assert.Equal("No jobs.\n", await AisAsync("show job dsort --all --regex nosuch"));
        Assert.StartsWith("No running jobs", await AisAsync("show job dsort"), StringComparison.Ordinal);
        foreach (var line in (string[])[$"show job dsort {id}", $"show job {id}"])
        {
            var one = await AisAsync(line);
            Columns(one, columns);
            Assert.Contains(
                $"DESCRIPTION: [{description}]\ndsort[{id}] successfully finished in ", one, StringComparison.Ordinal);
            Assert.Contains("  Longest extraction:", one, StringComparison.Ordinal);
        }
        Assert.Contains("  Sorting Time:", await AisAsync("show job dsort --all -v"), StringComparison.Ordinal);
        var metrics = JsonDocument.Parse(await AisAsync($"show job dsort {id} --json")).RootElement;
        Assert.Equal(3, metrics.EnumerateObject().Count());
        Assert.True(metrics.GetProperty(Target).GetProperty("shard_creation").GetProperty("finished").GetBoolean());
        Assert.Equal($"removed dsort job \"{id}\"\n", await AisAsync($"job rm dsort {id}"));
        Assert.DoesNotContain(id, await AisAsync("show job dsort --all"), StringComparison.Ordinal);
        // JSON as AIStore's documentation writes it, with a name that is not quoted.
        var inline = await AisAsync(
            "job start dsort '{\"input_extension\": \".tar\",\"input_bck\": {name: \"dsort-testing\"},"
                + "\"input_format\": {\"template\": \"shard-{0..9}\"},\"output_format\": \"second-{0000..1000}\","
                + "\"output_shard_size\": \"10KB\"}'");
        Assert.Contains($"\n", await AisAsync($"wait dsort {inline.TrimEnd()}"), StringComparison.Ordinal);
        Assert.Contains(
            "failed to determine", await FailAsync("job start dsort '{input_extension: .tar'"), StringComparison.Ordinal);
        Assert.Contains("missing", await FailAsync("job start dsort"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_jobs()
    {
        // Its end is not waited for: on a machine that is busy with other tests a resilver makes long pauses.
        Assert.StartsWith("Started resilver[", await AisAsync($"job start resilver {Target}"), StringComparison.Ordinal);
        Columns((await AisAsync("job show resilver --all")).Split('\n', 2)[1], "NODE|ID|KIND|OBJECTS|BYTES|START|END|STATE");
        Assert.Equal(
            "No running jobs. Use '--all' to show history, '--help' for details.\n", await AisAsync("show job copy-bck"));
        Assert.StartsWith("Global rebalance is not running", await AisAsync("show rebalance"), StringComparison.Ordinal);
        Assert.StartsWith("Started cleanup-store[", await AisAsync("storage cleanup"), StringComparison.Ordinal);
        Assert.StartsWith("Started lru-eviction[", await AisAsync("start lru"), StringComparison.Ordinal);
        Assert.Contains("rebalance is not running", await FailAsync("stop rebalance"), StringComparison.Ordinal);
        Assert.StartsWith("Error: cannot stop [nosuchid1]", await FailAsync("job stop nosuchid1"), StringComparison.Ordinal);
        Assert.Equal("No jobs.\n", await AisAsync("show job --all --regex nosuch"));
        Assert.Contains("unknown kind", await FailAsync("job start bogus"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_storage_and_performance()
    {
        const string disks = "TARGET|DISK|READ|READ(avg size)|WRITE|WRITE(avg size)|UTIL(%)";
        const string capacity = "TARGET|MOUNTPATHS|USED(min%, avg%, max%)|CAP AVAIL|Disks & File System|CAP STATUS";
        foreach (var line in (string[])["show storage", "show storage disk", "storage disk", "show performance disk"])
        {
            Columns(await AisAsync(line), disks);
        }
        foreach (var line in (string[])["show storage capacity", "performance capacity", "storage show capacity"])
        {
            Columns(await AisAsync(line), capacity);
        }
        Assert.Contains("  Used: min=", await AisAsync($"storage mountpath show {Target}"), StringComparison.Ordinal);
        await AisAsync("create ais://perf");
        Cli.Input = "bytes"u8.ToArray();
        await AisAsync("put - ais://perf/o");
        await RunAsync("get ais://perf/o -");
        var counters = await AisAsync("show performance counters");
        Assert.StartsWith("TARGET", counters, StringComparison.Ordinal);
        Assert.Contains("GET(n)", counters, StringComparison.Ordinal);
        Assert.Contains("PUT(size)", counters, StringComparison.Ordinal);
        Columns(await AisAsync($"performance show counters {Target} --regex ^GET\\(n\\)"), "TARGET|GET(n)");
        foreach (var what in (string[])["throughput", "latency"])
        {
            var text = await AisAsync($"show performance {what} --refresh 20ms --count 1");
            Assert.StartsWith(what + " ---", text, StringComparison.Ordinal);
            Assert.Contains("\n--- Cluster:", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Of_configuration()
    {
        Columns(await AisAsync("config cluster"), "PROPERTY|VALUE");
        Assert.Equal(
            "PROPERTY             VALUE\nmirror.copies        2\nmirror.burst_buffer  128\nmirror.enabled       false\n",
            await AisAsync("config cluster mirror"));
        Assert.Contains(
            "\"proxy\": {", await AisAsync("show config cluster keepalivetracker --json"), StringComparison.Ordinal);
        var changed = await AisAsync("config cluster periodic.stats_time=11s disk.disk_util_low_wm=40");
        Assert.Contains("periodic.stats_time       11s\n", changed, StringComparison.Ordinal);
        Assert.EndsWith("\nCluster config updated\n", changed, StringComparison.Ordinal);
        Assert.Contains(
            "periodic.stats_time       10s\n", await AisAsync("config cluster periodic.stats_time 10s"),
            StringComparison.Ordinal);
        Assert.Contains("nosuch.key", await FailAsync("config cluster nosuch.key=1"), StringComparison.Ordinal);
        Assert.Contains("mirror.copies", await FailAsync("config cluster mirror.copies=77"), StringComparison.Ordinal);
        await AisAsync("config cluster log.level=4 --transient");
        Assert.EndsWith(
            $"node t[{Target}] config updated\n", await AisAsync($"config node {Target} periodic.stats_time=12s"),
            StringComparison.Ordinal);
        Assert.Contains(
            "periodic.stats_time", await AisAsync($"show config inherited {Target} periodic"), StringComparison.Ordinal);
        Columns(await AisAsync($"show config local {Target}"), "PROPERTY|VALUE");
        Columns(await AisAsync($"config node t[{Target}]"), "PROPERTY|VALUE");
        Assert.Equal(
            $"t[{Target}]: inherited config successfully reset to the current cluster-wide defaults\n",
            await AisAsync($"config reset {Target}"));
        Columns(await AisAsync("config cli"), "PROPERTY|VALUE");
    }

    [Fact]
    public async Task Of_what_is_not_served()
    {
        // These the cluster itself refuses.
        await AisAsync("create ais://refused");
        foreach (var line in (string[])
            [
                "advanced preload ais://refused", $"storage mountpath fshc {Target}=/none",
                $"storage mountpath rescan-disks {Target}=/none",
            ])
        {
            Assert.StartsWith("Error: ErrNotImpl: ", await FailAsync(line), StringComparison.Ordinal);
        }
        Assert.Contains("expecting remote bucket", await FailAsync("blob-download ais://refused/o"), StringComparison.Ordinal);
        Assert.StartsWith("Error: etl is not served", await FailAsync("etl init spec --name x"), StringComparison.Ordinal);
        Assert.StartsWith("Error: auth is not served", await FailAsync("auth add user u"), StringComparison.Ordinal);
        Assert.StartsWith("Error: auth is not served", await FailAsync("show auth"), StringComparison.Ordinal);
    }

    private async Task<string> AisAsync(string line)
    {
        var result = await RunAsync(line);
        Assert.True(result.Code == 0, $"ais {line}: {result}");
        return result.Output;
    }

    private async Task<string> FailAsync(string line)
    {
        var result = await RunAsync(line);
        Assert.True(result.Code == 1 && result.Output.Length == 0, $"ais {line}: {result}");
        return result.Error;
    }

    private Task<string> ReadAsync(string path) =>
        File.ReadAllTextAsync(Path.Combine(Cli.Folder, path), TestContext.Current.CancellationToken);

    private Task<CliResult> RunAsync(string line) => Cli.RunAsync([.. Aliases.Split(line)]);

    private static void Columns(string output, string columns) => Assert.Equal(
        columns.Split('|'), Headings(output));

    private static string[] Headings(string output) =>
        output.Split('\n')[0].Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A cluster, and the command line that speaks to it under AIStore's name.</summary>
    public sealed class Place : IAsyncLifetime
    {
        public InProcessCluster Cluster { get; private set; } = null!;

        internal CliRunner Cli { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Cluster = await InProcessCluster.StartAsync(1, 3, 2);
            Cli = new CliRunner { Program = CliHost.AisProgram, Time = TimeProvider.System };
            Cli.Variables["AIS_ENDPOINT"] = Cluster.Url;
            Cli.Variables["HOME"] = Cli.Folder;
        }

        public async ValueTask DisposeAsync()
        {
            Cli.Dispose();
            await Cluster.DisposeAsync();
        }
    }
}
