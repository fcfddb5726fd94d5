using System.Net;

namespace Skein.Client;

/// <summary>A call that failed: refused by the cluster, or not answered by it.</summary>
public sealed class SkeinException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What went wrong, as the node said it.</param>
    /// <param name="inner">The cause, where it is not an answer of a node.</param>
    public SkeinException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>HTTP status of the answer; null when there was none (connection failed, timeout, broken body).</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Error type by AIStore's name, for example <c>ErrBckNotFound</c>; empty when the node gave none.</summary>
    public string TypeCode { get; init; } = "";

    /// <summary>Display name of the node that answered, for example <c>p[proxy001]</c>; empty when unknown.</summary>
    public string Node { get; init; } = "";

    /// <summary>Verb and URL of the request that failed.</summary>
    public string Request { get; init; } = "";

    /// <summary>True when no node answered.</summary>
    public bool IsUnreachable => Status is null;

    /// <summary>True for a bucket, object or node that does not exist.</summary>
    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>True for a bucket that exists already, and for a thing in use.</summary>
    public bool IsConflict => Status == HttpStatusCode.Conflict;
}
