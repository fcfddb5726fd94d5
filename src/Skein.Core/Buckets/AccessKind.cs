using System.Globalization;
using System.Text.Json;
using Skein.Core.Config.Schema;

namespace Skein.Core.Buckets;

/// <summary>Access permissions as a configuration value: a sum of bits, written as a JSON string.</summary>
internal sealed class AccessKind : ValueKind<AccessPermissions>
{
    public override string TypeName => "permissions";

    public override string Expected =>
        "a sum of permission bits, or one of [ro rw su], or permissions separated by commas";

    public override bool TryRead(JsonElement element, out AccessPermissions value)
    {
        value = AccessPermissions.None;
        if (element.ValueKind == JsonValueKind.String)
        {
            return TryParse(element.GetString()!, out value);
        }
        if (element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out var number))
        {
            value = (AccessPermissions)number;
            return true;
        }
        return false;
    }

    public override bool TryParse(string text, out AccessPermissions value) =>
        AccessPermissionWords.TryParse(text, out value);

    public override void Write(Utf8JsonWriter writer, string name, AccessPermissions value) =>
        writer.WriteString(name, ((ulong)value).ToString(CultureInfo.InvariantCulture));

    public override string Show(AccessPermissions value) => ((ulong)value).ToString(CultureInfo.InvariantCulture);
}
