using System.Globalization;
using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;
using Skein.DataPath.Servers;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.DataPath.Rows;

/// <summary>Resident memory of a proxy and a target: idle, under many large writes at once, and under a mixed load.</summary>
internal sealed class MemoryRows(DataPathOptions options, Report report)
{
    private const string Section = "Resident memory, MiB";
    private const string Bucket = "memory";
    private const int Writers = 256;
    private const double MostIdle = 40;
    private const double MostUnderWrites = 160;

    /// <summary>Growth over the second half of the load that counts as none: the collector's own ups and downs.</summary>
    private const double MostGrowth = 1.1;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan WriteLimit = TimeSpan.FromMinutes(5);

    public async Task RunAsync()
    {
        report.Say(Section);
        await using var site = await SkeinSite.StartAsync();
        await site.CreateBucketAsync(Bucket, "page-cache");
        await site.StoreAsync(Bucket, "first", 1, Sizes.Kibibyte);
        Add("target, idle after its first request", Mebibytes(site.Target), MostIdle);
        Add("proxy, idle after its first request", Mebibytes(site.Proxy), MostIdle);
        Add($"target, most under {Writers} PUT of 10 MiB at once", await UnderWritesAsync(site), MostUnderWrites);
        await GrowthAsync(site);
    }

    private static double Mebibytes(ProcessNode node) => node.ResidentMemory / (double)Sizes.Mebibyte;

    private void Add(string name, double value, double limit) =>
        report.Add(new Row(Section, name, []) { Judged = (value, "MiB"), Limit = limit });

    private static async Task<double> UnderWritesAsync(SkeinSite site)
    {
        using var http = new TestHttp(WriteLimit);
        var content = Payloads.Bytes(10 * Sizes.Mebibyte, 1);
        var marks = await site.MarksAsync(Bucket);
        var writes = Task.WhenAll(Enumerable.Range(0, Writers).Select(async i =>
        {
            var url = FormattableString.Invariant($"{site.Target.Url}/v1/objects/{Bucket}/large-{i}{marks}");
            (await http.SendAsync(HttpMethod.Put, url, content)).Succeeded();
        }));
        var most = 0.0;
        while (!writes.IsCompleted)
        {
            most = Math.Max(most, Mebibytes(site.Target));
            await Task.Delay(Look, TimeProvider.System);
        }
        await writes;
        await site.DestroyBucketAsync(Bucket);
        return most;
    }

    /// <summary>The mixed load of <c>skein bench</c>; the most in its last quarter against the most in its second.</summary>
    private async Task GrowthAsync(SkeinSite site)
    {
        var minutes = options.LoadMinutes;
        var load = ProgramRun.RunAsync(
            TimeSpan.FromMinutes(minutes + 2), Programs.Skein,
            [
                "bench", "mixed", "ais://mixed", "--size", "1KiB:50,100KiB:40,1MiB:10", "--workers", "8",
                "--duration", minutes.ToString(CultureInfo.InvariantCulture) + "m", "--json", "--endpoint", site.Proxy.Url,
            ]);
        List<double> seen = [];
        while (!load.IsCompleted)
        {
            seen.Add(Mebibytes(site.Target));
            await Task.Delay(Look, TimeProvider.System);
        }
        (await load).Succeeded();
        var early = seen.Skip(seen.Count / 4).Take(seen.Count / 4).Max();
        var late = seen.Skip(seen.Count * 3 / 4).Max();
        report.Add(new Row(
            Section, FormattableString.Invariant($"target, {minutes} min of mixed load: most in the last quarter"),
            [("second quarter", early), ("last quarter", late)])
        {
            Judged = (late / early, "x"),
            Limit = MostGrowth,
        });
    }
}
