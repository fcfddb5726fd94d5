using System.Globalization;
using System.Text;
using System.Text.Json;
using Skein.TestKit;
using Skein.TestKit.Clusters;
using Skein.TestKit.Http;

namespace Skein.ClusterTests.Contract;

/// <summary>
/// The wire contract, row by row: each request through every proxy, and where the contract says what a target answers that
/// is asked directly, there too.
/// </summary>
public sealed class ContractTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static readonly Dictionary<string, ContractRow> Rows = ObjectRows.All.Concat(BucketRows.All).Concat(NodeRows.All)
        .ToDictionary(row => row.ToString() + "#" + row.Status.ToString(CultureInfo.InvariantCulture));

    private static readonly byte[] Archive = Shards.Tar(("x.txt", "in x"), ("d/y.bin", "in y"));
    private static int _number;

    private TestHttp Http => fixture.Http;

    public static TheoryData<string> Keys => [.. Rows.Keys];

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task TheAnswerIsTheContracts(string key)
    {
        var row = Rows[key];
        foreach (var proxy in fixture.Cluster.Proxies)
        {
            var words = await PrepareAsync();
            var reply = await SendAsync(proxy.Url, row, words, follow: true);
            Check(row, words, reply);
        }
        if (row.Direct is { } direct)
        {
            var words = await PrepareAsync();
            var target = direct is 200 or 206 && row.Target.StartsWith("/v1/objects/", StringComparison.Ordinal)
                ? await HolderAsync(words)
                : fixture.Cluster.Targets[0].Url;
            var reply = await SendAsync(target, row, words, follow: false);
            Assert.True(direct == reply.Code, $"directly: {reply}");
        }
    }

    /// <summary>A bucket of its own with the objects that every row finds, and what the words in braces stand for.</summary>
    private async Task<Dictionary<string, string>> PrepareAsync()
    {
        var number = Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture);
        var bucket = $"contract-{number}";
        (await Http.CreateAsync(fixture.Proxy, bucket)).Succeeded();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/o", "hello world!"u8.ToArray(), ("Ais-Custom-Md", "k=v"))).Succeeded();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/dir/p", "x"u8.ToArray())).Succeeded();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/a.tar", Archive)).Succeeded();
        (await Http.PutAsync(fixture.Proxy, $"{bucket}/a.tgz", Shards.Zipped(Archive))).Succeeded();
        var map = await Http.WhatAsync(fixture.Proxy, "smap");
        return new Dictionary<string, string>
        {
            ["{b}"] = bucket,
            ["{n}"] = $"none-{number}",
            ["{t}"] = fixture.Cluster.Targets[0].Id,
            ["{p}"] = map.GetProperty("proxy_si").GetProperty("daemon_id").GetString()!,
        };
    }

    private async Task<string> HolderAsync(Dictionary<string, string> words)
    {
        var redirect = await Http.SendAsync(HttpMethod.Head, $"{fixture.Proxy}/v1/objects/{words["{b}"]}/o");
        return new Uri(redirect.Header("Location")!).GetLeftPart(UriPartial.Authority);
    }

    private async Task<TestReply> SendAsync(string url, ContractRow row, Dictionary<string, string> words, bool follow)
    {
        var verb = new HttpMethod(row.Verb);
        var target = url + Fill(row.Target, words);
        // A body is text with words in it.
        var body = row.Body is null ? null : Encoding.UTF8.GetBytes(Fill(Encoding.UTF8.GetString(row.Body), words));
        var headers = Array.ConvertAll(row.Headers, header => (header.Name, Fill(header.Value, words)));
        return follow
            ? await Http.FollowAsync(verb, target, body, headers)
            : await Http.SendAsync(verb, target, body, headers);
    }

    private static void Check(ContractRow row, Dictionary<string, string> words, TestReply reply)
    {
        var isJson = (reply.Header("Content-Type") ?? "").StartsWith("application/json", StringComparison.Ordinal);
        var error = reply.Code >= 400 && isJson
            ? reply.Error
            : default(JsonElement?);
        var text = error?.GetProperty("message").GetString() ?? reply.Text;
        Assert.True(row.Status == reply.Code, $"{reply} {text}");
        if (row.Says is not null)
        {
            var says = Fill(row.Says, words);
            Assert.True(row.IsExact ? text == says : text.Contains(says, StringComparison.Ordinal), $"{says} <> {text}");
        }
        if (row.TypeCode is not null)
        {
            Assert.Equal(row.TypeCode, error?.GetProperty("tcode").GetString());
        }
        foreach (var (name, value) in row.Has)
        {
            var found = reply.Header(name);
            Assert.True(found is not null && (value is null || Fill(value, words) == found), $"{name}: {found}");
        }
        Assert.All(row.Lacks, name => Assert.Null(reply.Header(name)));
    }

    private static string Fill(string text, Dictionary<string, string> words) =>
        words.Aggregate(text, (filled, word) => filled.Replace(word.Key, word.Value, StringComparison.Ordinal));
}
