using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Skein.Core.Nodes;
using Skein.Gateway.Metrics;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Proxy.Buckets;
using Skein.Proxy.Objects;
using Skein.TestKit;
using Skein.UnitTests.Storage;

namespace Skein.UnitTests.Gateway.Metrics;

/// <summary>The same values for OpenTelemetry.</summary>
public sealed class NodeMeterTests
{
    [Fact]
    public void A_listener_gets_what_is_counted()
    {
        var cluster = new FakeCluster();
        var facts = new FakeFacts(FakeFacts.Node("p0meter00", NodeRole.Proxy, 1));
        var metadata = cluster.Join();
        using var invoker = new HttpMessageInvoker(PeerHttp.CreateHandler());
        var control = new FakeControlPlane(metadata, () => facts.Self);
        var peers = new PeerClient(invoker, facts, metadata, TimeProvider.System);
        var services = new GatewayServices
        {
            Facts = facts,
            Metadata = metadata,
            Control = control,
            Router = new ObjectRouter(),
            Lister = new ListObjectsMerge(peers, control, metadata, TimeProvider.System),
            Peers = peers,
            Counters = new NodeCounters(),
            Time = TimeProvider.System,
            Logger = NullLogger.Instance,
        };
        services.Counters.Add(NodeCounter.Get, 7);
        using var meter = new NodeMeter(services);
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == NodeMeter.Name
                && instrument.Meter.Tags!.Contains(new KeyValuePair<string, object?>("node_id", "p0meter00")))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            seen[$"{instrument.Name} {string.Join(',', tags.ToArray().Select(tag => tag.Value))}"] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        services.Counters.Durations.Record("GET", TimeSpan.FromSeconds(0.25));
        Assert.Equal(7, seen["skein_requests_total get"]);
        Assert.Equal(7, seen["ais_proxy_get_count "]);
        Assert.Equal(20, seen["skein_uptime_seconds "]);
        Assert.Equal(0.25, seen["skein_http_request_duration_seconds GET"]);
    }

    [Fact]
    public async Task A_trace_goes_from_the_client_through_the_cluster()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == NodeMeter.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateBucketAsync("b");
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using (await cluster.SendAsync(
            HttpMethod.Get, cluster.Proxy, "/v1/buckets/b", "{\"action\":\"list\"}",
            ("traceparent", $"00-{trace}-00f067aa0ba902b7-01")))
        {
        }
        Activity[] Mine() => [.. spans.Where(span => span.TraceId.ToHexString() == trace)];
        await Poll.UntilAsync(() => Task.FromResult(Mine() is { Length: >= 2 } ? null : "a span is missing"));
        var mine = Mine();
        Assert.Equal(["p0AISwire", "t0AISwire"], mine.Select(span => $"{span.GetTagItem("skein.node")}").Order());
        Assert.All(mine, span => Assert.Equal(200, span.GetTagItem("http.response.status_code")));
        Assert.Single(mine.Select(span => span.GetTagItem("skein.request_id")).Distinct());
    }
}
