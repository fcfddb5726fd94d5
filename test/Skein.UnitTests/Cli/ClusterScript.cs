using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Skein.UnitTests.Client;

namespace Skein.UnitTests.Cli;

/// <summary>Answers below <c>/v1/cluster</c>, by the action of a change or the word of a question, and what was sent.</summary>
internal sealed class ClusterScript
{
    private readonly ConcurrentDictionary<string, Func<JsonElement, (int Status, string Text)>> _answers = new();

    public ClusterScript(FakeCluster cluster) => cluster.Intercept = HandleAsync;

    /// <summary>Word and value of every request that was answered here, in order, one in a line.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>Sets the answer to a word.</summary>
    public ClusterScript On(string word, string text, int status = 200) => On(word, _ => (status, text));

    public ClusterScript On(string word, Func<JsonElement, (int Status, string Text)> answer)
    {
        _answers[word] = answer;
        return this;
    }

    /// <summary>Answers a request; false when there is no answer to it here.</summary>
    public async Task<bool> HandleAsync(HttpContext context, bool isProxy)
    {
        if (context.Request.Path != "/v1/cluster")
        {
            return false;
        }
        var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes);
        using var json = JsonDocument.Parse(bytes.Length == 0 ? "null"u8.ToArray() : bytes.ToArray());
        var isChange = context.Request.Method == "PUT";
        var word = isChange
            ? json.RootElement.GetProperty("action").GetString()!
            : context.Request.Query["what"].ToString();
        if (!_answers.TryGetValue(word, out var answer))
        {
            return false;
        }
        var value = isChange ? json.RootElement.GetProperty("value") : json.RootElement;
        Sent.Enqueue($"{word} {Compact(value)}");
        var (status, text) = answer(value);
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(status == 200
            ? text
            : $$"""{"message":"{{JsonEncodedText.Encode(text)}}","status":{{status}}}""");
        return true;
    }

    /// <summary>The members that say something.</summary>
    private static string Compact(JsonElement value) => value.ValueKind != JsonValueKind.Object
        ? value.GetRawText()
        : string.Join(' ', value.EnumerateObject()
            .Where(member => member.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)
                && member.Value.GetRawText() != "\"\"")
            .Select(member => $"{member.Name}={member.Value.GetRawText()}"));
}
