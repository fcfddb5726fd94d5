using System.Globalization;
using System.Text.Json;
using Skein.Core.Errors;
using Skein.Core.Nodes;
using Skein.Core.Wire;
using Skein.Gateway.Errors;

namespace Skein.Gateway.Peers;

/// <summary>Reads the error that another node answered, so that it can be passed on as what it is.</summary>
public static class PeerErrors
{
    /// <summary>Largest error that is read, in bytes.</summary>
    public const int MaxBytes = 64 << 10;

    /// <summary>The error of an answer that is no success; never throws but when cancelled.</summary>
    public static async Task<StoreException> ReadAsync(
        NodeInfo node, HttpResponseMessage answer, CancellationToken cancellation)
    {
        var status = (int)answer.StatusCode;
        WireError? error = null;
        try
        {
            await answer.Content.LoadIntoBufferAsync(MaxBytes, cancellation).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            error = JsonSerializer.Deserialize(body, WireJsonContext.Default.WireError);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            // what it says cannot be read: its status has to do
        }
        return string.IsNullOrEmpty(error?.Message)
            ? new StoreException(
                ErrorStatusTable.CodeOf(status, null),
                string.Create(CultureInfo.InvariantCulture, $"{node.DisplayName} answered {status}"))
            : new StoreException(ErrorStatusTable.CodeOf(status, error.TypeCode), error.Message);
    }
}
