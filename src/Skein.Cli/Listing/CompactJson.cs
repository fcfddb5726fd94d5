using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skein.Cli.Listing;

/// <summary>Objects of a listing in JSON, one on a line.</summary>
[JsonSerializable(typeof(ListedObject))]
internal sealed partial class CompactJson : JsonSerializerContext;
