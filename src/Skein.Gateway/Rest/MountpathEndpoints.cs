using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.Core.Errors;
using Skein.Core.Wire;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;

namespace Skein.Gateway.Rest;

/// <summary><c>/v1/daemon/mountpaths</c>: the mountpaths of a target come and go.</summary>
internal sealed class MountpathEndpoints(GatewayServices services)
{
    /// <summary>The path element after <c>daemon</c>.</summary>
    public const string PathWord = "mountpaths";

    public async Task HandleAsync(RequestContext request)
    {
        var message = request.ParseAction(await request.ReadBodyAsync().ConfigureAwait(false)) ?? throw request.MissingBody();
        if (request.Method == "POST" && message.Action is (Actions.RescanMountpath or Actions.CheckMountpath))
        {
            throw new StoreException(StoreErrorCode.NotImplemented, $"action \"{message.Action}\" is not implemented");
        }
        var commands = services.Mountpaths
            ?? throw new StoreException(StoreErrorCode.InvalidRequest, $"invalid action \"{PathWord}\"");
        var path = ReadPath(message);
        var resilver = !request.Query.Flag("dntres");
        switch (request.Method, message.Action)
        {
            case ("PUT", Actions.AttachMountpath):
                await commands
                    .AttachAsync(path, request.Query.Get("mountpath_label"), request.Aborted).ConfigureAwait(false);
                break;
            case ("POST", Actions.EnableMountpath):
                await AnswerAsync(
                    request, await commands.EnableAsync(path, request.Aborted).ConfigureAwait(false)).ConfigureAwait(false);
                return;
            case ("POST", Actions.DisableMountpath):
                await AnswerAsync(
                    request, await commands.DisableAsync(path, resilver, request.Aborted).ConfigureAwait(false))
                    .ConfigureAwait(false);
                return;
            case ("DELETE", Actions.DetachMountpath):
                await commands.DetachAsync(path, resilver, request.Aborted).ConfigureAwait(false);
                break;
            default:
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"invalid action \"{(message.Action.Length > 64 ? message.Action[..64] : message.Action)}\"");
        }
        await request.EmptyAsync().ConfigureAwait(false);
    }

    private static Task AnswerAsync(RequestContext request, bool hasChanged) =>
        request.EmptyAsync(hasChanged ? StatusCodes.Status200OK : StatusCodes.Status204NoContent);

    private static string ReadPath(ActionMessage message) => message.Value switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString() is { Length: > 0 } path
            ? path
            : throw new StoreException(StoreErrorCode.InvalidRequest, "mountpath is not defined"),
        null or { ValueKind: JsonValueKind.Null } =>
            throw new StoreException(StoreErrorCode.InvalidRequest, "mountpath is not defined"),
        { } other => throw new StoreException(
            StoreErrorCode.InvalidRequest, $"failed to unmarshal the mountpath: expected a string, got {other.ValueKind}"),
    };
}
