using System.Text;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.SystemTests;

/// <summary>What real nodes write to their logs of a request, and what they send to an OpenTelemetry collector.</summary>
public sealed class TelemetryTests(TelemetryTests.Place place) : IClassFixture<TelemetryTests.Place>
{
    private const string Metrics = "/v1/metrics";

    private ProcessCluster Cluster => place.Cluster;

    [Fact]
    public async Task The_id_of_a_request_is_in_the_logs_of_all_nodes_that_it_went_through()
    {
        const string id = "from-the-client-1";
        (await Cluster.Http.CreateAsync(Cluster.Url, "ids")).Succeeded();
        (await Cluster.Http.PutAsync(Cluster.Url, "ids/o", "text"u8.ToArray(), ("X-Request-Id", id))).Succeeded();
        await LoggedAsync(Cluster.Proxies[0], id);
        await LoggedAsync(Cluster.Targets[0], id);
    }

    [Fact]
    public async Task A_collector_gets_the_metrics_and_the_spans_of_every_node()
    {
        (await Cluster.Http.CreateAsync(Cluster.Url, "sent")).Succeeded();
        (await Cluster.Http.PutAsync(Cluster.Url, "sent/o", "text"u8.ToArray())).Succeeded();
        foreach (var name in (string[])
            [
                "skein_requests_total", "skein_http_request_duration_seconds", "skein_mountpath_available_bytes",
                .. Cluster.Nodes.Select(node => node.Id),
            ])
        {
            await Poll.UntilAsync(() => Task.FromResult(
                place.Collector.HasSeen(Metrics, name) ? null : $"{name} was not sent to {Metrics}"));
        }
        await Poll.UntilAsync(() => Task.FromResult(
            place.Collector.HasSeen("/v1/traces", "skein.request_id") ? null : "no span was sent"));
    }

    private static Task<TimeSpan> LoggedAsync(ProcessNode node, string id) => Poll.UntilAsync(async () =>
    {
        await using var log = new FileStream(
            Path.Combine(node.Folder, "log", "skeind.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(log, Encoding.UTF8);
        var lines = (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n');
        return lines.Any(line => line.Contains($"\"request\":\"{id}\"", StringComparison.Ordinal)
            && line.Contains("/v1/objects/ids/o", StringComparison.Ordinal))
            ? null
            : $"the log of {node.Id} does not have the request {id}";
    });

    /// <summary>A cluster that logs every request and sends its metrics to a collector in this process.</summary>
    public sealed class Place : IAsyncLifetime
    {
        public ProcessCluster Cluster { get; private set; } = null!;

        public OtlpCollector Collector { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Collector = await OtlpCollector.StartAsync();
            string[] withCollector =
            [
                "env", $"OTEL_EXPORTER_OTLP_ENDPOINT={Collector.Url}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
                "OTEL_METRIC_EXPORT_INTERVAL=200", "OTEL_BSP_SCHEDULE_DELAY=200",
            ];
            const string verbose = """{"log": {"level": "4"}}""";
            Cluster = await ProcessCluster.StartAsync(
                1, 0, config: verbose, place: ProcessPlace.Loopback with { Command = withCollector });
            // How much a node logs is said where it is started.
            await Cluster.Add(
                "target", "-discovery-url", Cluster.Url, "-mountpaths", "1", "-config",
                Cluster.WriteFile("verbose.json", verbose)).StartAsync(Cluster.Http);
            await Cluster.SettleAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            await Collector.DisposeAsync();
        }
    }
}
