using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Skein.Core.Wire;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary><c>what=sysinfo</c>: memory, CPU and load; on a target also its file systems.</summary>
internal static class SystemInfoJson
{
    public static ReadOnlyMemory<byte> Write(INodeFacts facts)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var system = JsonSerializer.SerializeToElement(facts.ReadSystem(), WireJsonContext.Output.SystemInfo);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var property in system.EnumerateObject())
            {
                property.WriteTo(writer);
            }
            if (facts.ReadMountpaths() is not null)
            {
                var capacity = facts.ReadCapacity();
                var total = capacity.TotalUsed + capacity.TotalAvailable;
                writer.WriteString("fs_used", capacity.TotalUsed.ToString(CultureInfo.InvariantCulture));
                writer.WriteString("fs_capacity", total.ToString(CultureInfo.InvariantCulture));
                writer.WriteNumber("pct_fs_used", capacity.PercentAverage);
            }
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }
}
