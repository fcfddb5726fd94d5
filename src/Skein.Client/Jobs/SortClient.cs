using System.Text;
using System.Text.Json;
using Skein.Client.Transport;
using Skein.Core.Sorting;
using Skein.Core.Wire;

namespace Skein.Client.Jobs;

/// <summary>Distributed sorts of shards. Thread-safe. Wait for one with <see cref="JobClient.WaitAsync"/>.</summary>
public sealed class SortClient
{
    private const string Path = "/v1/sort";

    private readonly RequestSender _sender;

    internal SortClient(RequestSender sender) => _sender = sender;

    /// <summary>Starts a sort. Not repeated when an answer is lost: look before you try again.</summary>
    /// <param name="what">What it is to do.</param>
    /// <param name="cancellation">Ends the call; the sort goes on.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public Task<string> StartAsync(SortMessage what, CancellationToken cancellation = default) =>
        StartAsync(JsonSerializer.SerializeToUtf8Bytes(what, WireJsonContext.Output.SortMessage), cancellation);

    /// <summary>The same with a specification in JSON.</summary>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<string> StartAsync(byte[] json, CancellationToken cancellation = default)
    {
        var spec = new RequestSpec(HttpMethod.Post, Path) { Json = json, IsIdempotent = false };
        using var reply = await _sender.SendAsync(spec, cancellation);
        return Encoding.UTF8.GetString(await reply.ReadAllAsync(cancellation)).Trim();
    }

    /// <summary>How a sort stands on every target, by its id.</summary>
    /// <exception cref="SkeinException">
    /// When the cluster refuses or cannot be reached; <see cref="SkeinException.IsNotFound"/> for an id that is not known.
    /// </exception>
    public async Task<SortedDictionary<string, SortJobInfo>> GetAsync(string id, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(
            new RequestSpec(HttpMethod.Get, Path) { Query = Named(id) }, cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.SortedDictionaryStringSortJobInfo, cancellation);
    }

    /// <summary>The sorts that the cluster remembers, in the order in which they began.</summary>
    /// <param name="pattern">A regular expression for their descriptions; empty for all.</param>
    /// <param name="onlyActive">True for those that run.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="SkeinException">When the cluster refuses or cannot be reached.</exception>
    public async Task<IReadOnlyList<SortJobInfo>> ListAsync(
        string pattern = "", bool onlyActive = false, CancellationToken cancellation = default)
    {
        var query = $"{QueryNames.Regex}={Uri.EscapeDataString(pattern)}";
        using var reply = await _sender.SendAsync(
            new RequestSpec(HttpMethod.Get, Path)
            {
                Query = onlyActive ? $"{query}&{QueryNames.OnlyActive}=true" : query,
            },
            cancellation);
        return await reply.ReadJsonAsync(WireJsonContext.Default.ListSortJobInfo, cancellation);
    }

    /// <summary>Stops a sort. Shards that it has written stay.</summary>
    /// <exception cref="SkeinException">When it does not run, or the cluster cannot be reached.</exception>
    public async Task AbortAsync(string id, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(
            new RequestSpec(HttpMethod.Delete, Path + "/abort") { Query = Named(id) }, cancellation);
    }

    /// <summary>Makes the cluster forget a sort that has ended.</summary>
    /// <exception cref="SkeinException">When it runs or is not known, or the cluster cannot be reached.</exception>
    public async Task RemoveAsync(string id, CancellationToken cancellation = default)
    {
        using var reply = await _sender.SendAsync(
            new RequestSpec(HttpMethod.Delete, Path) { Query = Named(id) }, cancellation);
    }

    private static string Named(string id) => $"{QueryNames.Uuid}={Uri.EscapeDataString(id)}";
}
