using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary>JSON of the types that only the gateway shows.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, MaxDepth = 32)]
[JsonSerializable(typeof(MountpathLists))]
internal sealed partial class GatewayJsonContext : JsonSerializerContext
{
    /// <summary>The context to write with.</summary>
    public static GatewayJsonContext Output { get; } = new(new JsonSerializerOptions
    {
        MaxDepth = 32,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
