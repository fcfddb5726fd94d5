using System.Text;
using Microsoft.AspNetCore.Http;
using Skein.Gateway.Pipeline;

namespace Skein.Gateway.Rest;

/// <summary>The answer of the S3 paths as long as the S3 dialect does not exist.</summary>
internal static class S3Unavailable
{
    /// <summary>501 with an S3 error body.</summary>
    public static Task AnswerAsync(RequestContext request)
    {
        request.LeaveBodyUnread();
        const string Body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NotImplemented</Code>"
            + "<Message>The S3 API is not implemented by this version.</Message></Error>";
        return request.BytesAsync(
            Encoding.UTF8.GetBytes(Body), "application/xml", StatusCodes.Status501NotImplemented);
    }
}
