using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Skein.Core.Nodes;
using Skein.Gateway.Metrics;

namespace Skein.Node.Telemetry;

/// <summary>
/// Sends metrics and traces to an OpenTelemetry collector, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where it is. Without
/// that, nothing of OpenTelemetry is loaded, and a node needs no memory for it.
/// </summary>
internal sealed class TelemetryExport : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private TelemetryExport(NodeInfo self)
    {
        var resource = ResourceBuilder.CreateDefault()
            .AddService("skein", serviceVersion: NodeFacts.Version, serviceInstanceId: self.Id);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(NodeMeter.Name)
            .AddOtlpExporter()
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(NodeMeter.Name)
            .AddOtlpExporter()
            .Build();
    }

    /// <summary>Begins to send; null when no collector is named.</summary>
    /// <param name="endpoint">URL of the collector, which the exporter reads from the environment itself.</param>
    /// <param name="self">The node.</param>
    public static IDisposable? Start(string endpoint, NodeInfo self) => endpoint.Length == 0 ? null : Create(self);

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
    }

    /// <summary>Of its own, so that the libraries are loaded only here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TelemetryExport Create(NodeInfo self) => new(self);
}
