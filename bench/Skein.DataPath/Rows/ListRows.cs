using System.Diagnostics;
using System.Text;
using Skein.DataPath.Measuring;
using Skein.DataPath.Reporting;
using Skein.DataPath.Servers;
using Skein.Gateway.Listing;
using Skein.TestKit;
using Skein.TestKit.Http;

namespace Skein.DataPath.Rows;

/// <summary>Listing of a large bucket through a proxy, page after page, in the form that AIStore's clients ask for.</summary>
internal sealed class ListRows(DataPathOptions options, Report report)
{
    private const string Section = "Listing through one proxy";
    private const string Bucket = "list";
    private const int FirstPageSize = 1000;
    private const int Fillers = 32;
    private const double LeastRate = 300_000;
    private const double MostMilliseconds = 10;

    public async Task RunAsync()
    {
        report.Say($"{Section}: storing {options.NameCount} names");
        await using var site = await SkeinSite.StartAsync();
        await site.CreateBucketAsync(Bucket, "page-cache");
        await FillAsync(site);
        List<double> rates = [], smallFirst = [], fullFirst = [], cpu = [];
        for (var repetition = 0; repetition <= options.Repetitions; repetition++)
        {
            var (small, _) = await PageAsync(site, FirstPageSize, "");
            var before = (ProcessorTime.Read(site.Proxy.ProcessId), ProcessorTime.Read(site.Target.ProcessId));
            var started = Stopwatch.GetTimestamp();
            var (full, names) = await WholeAsync(site);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var used = ProcessorTime.Read(site.Proxy.ProcessId).Since(before.Item1)
                + ProcessorTime.Read(site.Target.ProcessId).Since(before.Item2);
            if (repetition != 0)
            {
                rates.Add(names / seconds);
                smallFirst.Add(small.TotalMilliseconds);
                fullFirst.Add(full.TotalMilliseconds);
                cpu.Add(used.TotalMicroseconds / names);
            }
        }
        Add("names a second", Figure.Middle(rates), "/s", LeastRate, isLeast: true);
        Add("processor time for each name, proxy and target", Figure.Middle(cpu), "us", null);
        Add($"first page, {FirstPageSize} names", Figure.Middle(smallFirst), "ms", MostMilliseconds);
        Add("first page, as many names as a page may have", Figure.Middle(fullFirst), "ms", null);
    }

    private void Add(string name, double value, string unit, double? limit, bool isLeast = false) => report.Add(
        new Row(Section, $"{options.NameCount:N0} names: {name}", [])
        {
            Judged = (value, unit),
            Limit = limit,
            IsLeast = isLeast,
        });

    /// <summary>Stores empty objects, straight at the target.</summary>
    private async Task FillAsync(SkeinSite site)
    {
        var marks = await site.MarksAsync(Bucket);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, options.NameCount),
            new ParallelOptions { MaxDegreeOfParallelism = Fillers },
            async (i, _) =>
            {
                var path = FormattableString.Invariant($"{Bucket}/folder-{i / 1000:D5}/object-{i:D8}");
                (await site.Http.SendAsync(HttpMethod.Put, $"{site.Target.Url}/v1/objects/{path}{marks}", [])).Succeeded();
            });
    }

    /// <summary>The whole bucket; how long the first page took, and how many names there are.</summary>
    private async Task<(TimeSpan First, int Names)> WholeAsync(SkeinSite site)
    {
        var names = 0;
        var first = TimeSpan.Zero;
        for (var token = ""; ;)
        {
            var (took, page) = await PageAsync(site, 0, token);
            first = names == 0 ? took : first;
            names += page.Entries.Count;
            token = page.NextToken;
            if (token.Length == 0)
            {
                return names == options.NameCount
                    ? (first, names)
                    : throw new InvalidOperationException($"{names} of {options.NameCount} names were listed");
            }
        }
    }

    private static async Task<(TimeSpan Took, Gateway.Ports.ObjectPage Page)> PageAsync(
        SkeinSite site, int size, string token)
    {
        var message = Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $$$"""{"action":"list","value":{"props":"name","pagesize":{{{size}}},"continuation_token":"{{{token}}}"}}"""));
        var started = Stopwatch.GetTimestamp();
        var reply = await site.Http.SendAsync(
            HttpMethod.Get, $"{site.Proxy.Url}/v1/buckets/{Bucket}", message,
            ("Accept", ListObjectsMsgpack.ContentType), ("Content-Type", "application/json"));
        var page = ListObjectsMsgpack.Read(reply.Succeeded().Body);
        return (Stopwatch.GetElapsedTime(started), page);
    }
}
