using System.Net;
using System.Text;
using System.Text.Json;

namespace Skein.TestKit.Http;

/// <summary>
/// HTTP for tests: nothing is done behind one's back. Redirects are followed only by <see cref="FollowAsync"/>, and
/// nothing is tried again.
/// </summary>
/// <param name="limit">Longest time of one request; a minute when null.</param>
public sealed class TestHttp(TimeSpan? limit = null) : IDisposable
{
    /// <summary>Redirects that <see cref="FollowAllAsync"/> follows for one request, as many clients do.</summary>
    public const int MaxRedirects = 10;

    private readonly TimeSpan _limit = limit ?? TimeSpan.FromSeconds(60);

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    });

    /// <summary>Sends one request and reads the answer.</summary>
    /// <param name="method">Verb.</param>
    /// <param name="url">Absolute URL, escaped.</param>
    /// <param name="body">Body; null for none.</param>
    /// <param name="headers">Further headers; a name may come several times.</param>
    public async Task<TestReply> SendAsync(
        HttpMethod method, string url, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using var end = new CancellationTokenSource(_limit);
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
        }
        foreach (var group in headers.GroupBy(header => header.Name, header => header.Value))
        {
            request.Headers.TryAddWithoutValidation(group.Key, group);
        }
        using var response = await _invoker.SendAsync(request, end.Token);
        var content = await response.Content.ReadAsByteArrayAsync(end.Token);
        var all = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            all[name] = [.. values];
        }
        return new TestReply(response.StatusCode, all, content, url);
    }

    /// <summary>As <see cref="SendAsync"/>, and where the answer is a redirect, once more to where it points.</summary>
    public async Task<TestReply> FollowAsync(
        HttpMethod method, string url, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        var first = await SendAsync(method, url, body, headers);
        return first.Status is HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect
            ? await SendAsync(method, first.Header("Location")!, body, headers)
            : first;
    }

    /// <summary>As <see cref="SendAsync"/>, and where the answer is a redirect, to where it points, and so on.</summary>
    /// <returns>The first answer that is no redirect, or the last one after <see cref="MaxRedirects"/>.</returns>
    public async Task<TestReply> FollowAllAsync(HttpMethod method, string url, byte[]? body = null)
    {
        var reply = await SendAsync(method, url, body);
        for (var redirects = 0; redirects < MaxRedirects && reply.Code is 301 or 307; redirects++)
        {
            reply = await SendAsync(method, reply.Header("Location")!, body);
        }
        return reply;
    }

    /// <summary>Sends an action message: <c>{"action":…,"value":…}</c>.</summary>
    /// <param name="method">Verb.</param>
    /// <param name="url">Absolute URL.</param>
    /// <param name="action">Action.</param>
    /// <param name="value">JSON text of the value.</param>
    /// <param name="headers">Further headers.</param>
    public Task<TestReply> ActAsync(
        HttpMethod method, string url, string action, string value = "null", params (string, string)[] headers) =>
        FollowAsync(method, url, Encoding.UTF8.GetBytes($$"""{"action":"{{action}}","value":{{value}}}"""), headers);

    /// <summary>Creates a bucket.</summary>
    /// <param name="proxy">Base URL of a proxy.</param>
    /// <param name="bucket">Name, with a query if it needs one.</param>
    /// <param name="props">JSON text of properties that differ from the default.</param>
    public Task<TestReply> CreateAsync(string proxy, string bucket, string props = "null") =>
        ActAsync(HttpMethod.Post, $"{proxy}/v1/buckets/{bucket}", "create-bck", props);

    /// <summary>Destroys a bucket.</summary>
    public Task<TestReply> DestroyAsync(string proxy, string bucket) =>
        ActAsync(HttpMethod.Delete, $"{proxy}/v1/buckets/{bucket}", "destroy-bck");

    /// <summary>Stores an object.</summary>
    public Task<TestReply> PutAsync(string proxy, string path, byte[] body, params (string, string)[] headers) =>
        FollowAsync(HttpMethod.Put, $"{proxy}/v1/objects/{path}", body, headers);

    /// <summary>Reads an object.</summary>
    public Task<TestReply> GetAsync(string proxy, string path, params (string, string)[] headers) =>
        FollowAsync(HttpMethod.Get, $"{proxy}/v1/objects/{path}", null, headers);

    /// <summary>Describes an object.</summary>
    public Task<TestReply> HeadAsync(string proxy, string path) =>
        FollowAsync(HttpMethod.Head, $"{proxy}/v1/objects/{path}");

    /// <summary>Removes an object.</summary>
    public Task<TestReply> DeleteAsync(string proxy, string path) =>
        FollowAsync(HttpMethod.Delete, $"{proxy}/v1/objects/{path}");

    /// <summary>One page of a listing, in JSON.</summary>
    /// <param name="proxy">Base URL of a proxy.</param>
    /// <param name="bucket">Name, with a query if it needs one.</param>
    /// <param name="value">JSON text of the list message.</param>
    public Task<TestReply> ListPageAsync(string proxy, string bucket, string value = "{}") =>
        ActAsync(HttpMethod.Get, $"{proxy}/v1/buckets/{bucket}", "list", value);

    /// <summary>All names of a bucket, in the order in which the pages have them.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(
        string proxy, string bucket, int pageSize = 0, string prefix = "")
    {
        var names = new List<string>();
        for (var token = ""; ;)
        {
            var value = $$"""
                {"props":"name","pagesize":{{pageSize}},"prefix":{{Quote(prefix)}},"continuation_token":{{Quote(token)}}}
                """;
            var page = (await ListPageAsync(proxy, bucket, value)).Succeeded().Json;
            if (page.GetProperty("entries") is { ValueKind: JsonValueKind.Array } entries)
            {
                names.AddRange(entries.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!));
            }
            token = page.GetProperty("continuation_token").GetString()!;
            if (token.Length == 0)
            {
                return names;
            }
        }
    }

    /// <summary>What a node says of something: <c>/v1/daemon?what=…</c>.</summary>
    public async Task<JsonElement> WhatAsync(string node, string what) =>
        (await SendAsync(HttpMethod.Get, $"{node}/v1/daemon?what={what}")).Succeeded().Json;

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
