using System.Text.Json;
using Skein.Client.Transport;
using Skein.Core.Wire;

namespace Skein.Client.Mountpaths;

/// <summary>The mountpaths of targets; asked through the endpoint, which forwards. Thread-safe.</summary>
public sealed class MountpathClient
{
    private const string Path = "/v1/reverse/daemon/mountpaths";

    private readonly RequestSender _sender;

    internal MountpathClient(RequestSender sender) => _sender = sender;

    /// <summary>Takes a new mountpath into service.</summary>
    /// <param name="targetId">The target.</param>
    /// <param name="mountpath">Absolute path of an existing folder there.</param>
    /// <param name="label">Label; may be empty.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the target refuses or cannot be reached.</exception>
    public Task AttachAsync(
        string targetId, string mountpath, string label = "", CancellationToken cancellation = default) => ChangeAsync(
            HttpMethod.Put, targetId, Actions.AttachMountpath, mountpath,
            label.Length == 0 ? "" : "mountpath_label=" + Uri.EscapeDataString(label), cancellation);

    /// <summary>Takes a mountpath back into service.</summary>
    /// <exception cref="SkeinException">When the target refuses or cannot be reached.</exception>
    public Task EnableAsync(string targetId, string mountpath, CancellationToken cancellation = default) =>
        ChangeAsync(HttpMethod.Post, targetId, Actions.EnableMountpath, mountpath, "", cancellation);

    /// <summary>Takes a mountpath out of service.</summary>
    /// <param name="targetId">The target.</param>
    /// <param name="mountpath">Its path.</param>
    /// <param name="resilver">True to move its objects to the others first.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the target refuses or cannot be reached.</exception>
    public Task DisableAsync(
        string targetId, string mountpath, bool resilver = true, CancellationToken cancellation = default) =>
        ChangeAsync(HttpMethod.Post, targetId, Actions.DisableMountpath, mountpath, Query(resilver), cancellation);

    /// <summary>Gives a mountpath up.</summary>
    /// <param name="targetId">The target.</param>
    /// <param name="mountpath">Its path.</param>
    /// <param name="resilver">True to move its objects to the others first; false to give them up.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the target refuses or cannot be reached.</exception>
    public Task DetachAsync(
        string targetId, string mountpath, bool resilver = true, CancellationToken cancellation = default) =>
        ChangeAsync(HttpMethod.Delete, targetId, Actions.DetachMountpath, mountpath, Query(resilver), cancellation);

    /// <summary>Asks a target to look for the disks of a mountpath again. Skein's targets do not serve it.</summary>
    /// <exception cref="SkeinException">When the target refuses or cannot be reached.</exception>
    public Task RescanAsync(string targetId, string mountpath, CancellationToken cancellation = default) =>
        ChangeAsync(HttpMethod.Post, targetId, Actions.RescanMountpath, mountpath, "", cancellation);

    /// <summary>Asks a target to check a mountpath now. Skein's targets do not serve it: they check by themselves.</summary>
    /// <exception cref="SkeinException">When the target refuses or cannot be reached.</exception>
    public Task CheckAsync(string targetId, string mountpath, CancellationToken cancellation = default) =>
        ChangeAsync(HttpMethod.Post, targetId, Actions.CheckMountpath, mountpath, "", cancellation);

    /// <summary>The mountpaths of a target by their state.</summary>
    /// <exception cref="SkeinException">When the target cannot be reached, or is none.</exception>
    public async Task<MountpathLists> GetListsAsync(string targetId, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Get(targetId, "mountpaths"), cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.MountpathLists, cancellation);
    }

    /// <summary>What the disks of a target do at the moment, by their names.</summary>
    /// <exception cref="SkeinException">When the target cannot be reached, or is none.</exception>
    public async Task<SortedDictionary<string, DiskRates>> GetDisksAsync(
        string targetId, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(Get(targetId, "disk"), cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.SortedDictionaryStringDiskRates, cancellation);
    }

    private static string Query(bool resilver) => resilver ? "" : "dntres=true";

    private static RequestSpec Get(string targetId, string what) => new(HttpMethod.Get, "/v1/reverse/daemon")
    {
        Query = "what=" + what,
        Headers = [new(HeaderNames.NodeId, targetId)],
        MayRetry = false,
    };

    private async Task ChangeAsync(
        HttpMethod method, string targetId, string action, string mountpath, string query, CancellationToken cancellation)
    {
        var message = new ActionMessage
        {
            Action = action,
            Value = JsonSerializer.SerializeToElement(mountpath, WireJsonContext.Output.String),
        };
        var spec = new RequestSpec(method, Path)
        {
            Query = query,
            Headers = [new(HeaderNames.NodeId, targetId)],
            Json = JsonSerializer.SerializeToUtf8Bytes(message, WireJsonContext.Output.ActionMessage),
            IsIdempotent = false,
            MayRetry = false,
        };
        using var reply = await _sender.SendAsync(spec, cancellation);
    }
}
