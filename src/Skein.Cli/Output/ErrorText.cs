using Skein.Cli.Playground;
using Skein.Client;
using Skein.Core.Errors;

namespace Skein.Cli.Output;

/// <summary>Turns an exception into what a person reads on standard error.</summary>
internal static class ErrorText
{
    /// <summary>Writes <c>Error: ...</c> and a hint where there is one.</summary>
    /// <returns>False for an exception that is a defect of this program; nothing is written then.</returns>
    public static bool TryWrite(CliHost host, Exception exception)
    {
        var (message, hint) = exception switch
        {
            CliException e => (e.Message, e.Hint),
            PlaygroundException e => (e.Message, e.Hint),
            SkeinException e => (Describe(e), Hint(e)),
            StoreException e => (e.Message, null),
            IOException e => (e.Message, null),
            UnauthorizedAccessException e => (e.Message, null),
            _ => (null, null),
        };
        if (message is null)
        {
            return false;
        }
        Write(host, message, hint);
        return true;
    }

    /// <summary>One line that says what failed: the type code, where there is one, and the message.</summary>
    public static string Describe(Exception exception) => exception is SkeinException { TypeCode.Length: > 0 } e
        ? $"{e.TypeCode}: {e.Message}"
        : exception.Message;

    /// <summary>Writes an error and a hint.</summary>
    public static void Write(CliHost host, string message, string? hint)
    {
        var error = host.Error.Profile.Out.Writer;
        error.WriteLine("Error: " + message);
        if (hint is not null)
        {
            error.WriteLine("Hint: " + host.Named(hint));
        }
    }

    /// <summary>Writes a warning.</summary>
    public static void Warn(CliHost host, string message) =>
        host.Error.Profile.Out.Writer.WriteLine("Warning: " + message);

    private static string? Hint(SkeinException error) => error switch
    {
        { IsUnreachable: true } =>
            "is the cluster up? Name a proxy with --endpoint or SKEIN_ENDPOINT, "
                + "or start a cluster here with 'skein playground up'",
        { TypeCode: "ErrBckNotFound" } => "'skein ls' shows the buckets, 'skein create BUCKET' makes one",
        { Status: System.Net.HttpStatusCode.Unauthorized } => "set AIS_AUTHN_TOKEN to a valid token",
        _ => null,
    };
}
