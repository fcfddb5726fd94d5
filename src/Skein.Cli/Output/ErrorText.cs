using Skein.Cli.Playground;
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

    /// <summary>Writes an error and a hint.</summary>
    public static void Write(CliHost host, string message, string? hint)
    {
        var error = host.Error.Profile.Out.Writer;
        error.WriteLine("Error: " + message);
        if (hint is not null)
        {
            error.WriteLine("Hint: " + hint);
        }
    }
}
