using System.Text.Json;
using Skein.TestKit.Http;

namespace Skein.ClusterTests;

/// <summary>The protocol's JSON error, exactly.</summary>
internal static class Expect
{
    private static readonly string[] Keys =
        ["message", "method", "url_path", "remote_addr", "caller", "node", "status"];

    /// <summary>Fails unless the answer is this error.</summary>
    /// <param name="reply">The answer.</param>
    /// <param name="status">HTTP status, also in the body.</param>
    /// <param name="typeCode">Type of the error; null when the body has none.</param>
    /// <param name="message">The whole message.</param>
    /// <param name="method">Verb.</param>
    /// <param name="path">Path, decoded, without the query.</param>
    /// <param name="node">Display name of the node that refuses.</param>
    public static void Error(
        TestReply reply, int status, string? typeCode, string message, string method, string path, string node)
    {
        Assert.Equal((status, message), (reply.Code, reply.Code < 400 ? reply.Text : Text(reply.Error, "message")));
        Assert.Equal("application/json", reply.Header("Content-Type"));
        Assert.Equal("nosniff", reply.Header("X-Content-Type-Options"));
        var error = reply.Error;
        string[] keys = typeCode is null ? Keys : ["tcode", .. Keys];
        Assert.Equal(keys, error.EnumerateObject().Select(property => property.Name));
        if (typeCode is not null)
        {
            Assert.Equal(typeCode, Text(error, "tcode"));
        }
        Assert.Equal(
            (method, path, "", node, status),
            (Text(error, "method"), Text(error, "url_path"), Text(error, "caller"), Text(error, "node"),
                error.GetProperty("status").GetInt32()));
        Assert.Matches(@"^127\.0\.0\.1:\d+$", Text(error, "remote_addr"));
        if (method == "HEAD")
        {
            Assert.Empty(reply.Body);
        }
        else
        {
            Assert.EndsWith("}\n", reply.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>Fails unless the answer is a refusal in JSON with this status and message.</summary>
    public static void Refused(TestReply reply, int status, string message)
    {
        Assert.Equal((status, message), (reply.Code, reply.Code < 400 ? reply.Text : Text(reply.Error, "message")));
        Assert.Equal(status, reply.Error.GetProperty("status").GetInt32());
    }

    private static string Text(JsonElement error, string name) => error.GetProperty(name).GetString()!;
}
