using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Skein.Core.Errors;

namespace Skein.Core.Wire;

/// <summary>
/// Reads JSON that comes from outside. What does not fit is refused with AIStore's words ("failed to unmarshal"), the place
/// and the reason; the names of types that the library puts into its messages stay inside.
/// </summary>
public static class WireJson
{
    /// <summary>Reads a whole text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="type">What it is read as.</param>
    /// <param name="shownType">AIStore's name of the type, for the error.</param>
    /// <param name="purpose">What the text was sent for, for the error: a verb, an action; empty for none.</param>
    /// <returns>Null for the JSON <c>null</c>.</returns>
    /// <exception cref="StoreException">
    /// With <see cref="StoreErrorCode.InvalidRequest"/> when it is no JSON, no text, or does not fit.
    /// </exception>
    public static T? Read<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type, string shownType, string purpose)
        where T : class
    {
        try
        {
            JsonStrings.Check(utf8);
            return JsonSerializer.Deserialize(utf8, type);
        }
        catch (JsonException error)
        {
            throw Refused(shownType, purpose, Reason(error), error);
        }
    }

    /// <summary>Reads a value inside of a message, as the value of an <see cref="ActionMessage"/>.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">What it is read as.</param>
    /// <param name="shownType">AIStore's name of the type, for the error.</param>
    /// <param name="purpose">What the message was sent for, for the error: a verb, an action; empty for none.</param>
    /// <returns>Null when there is no value, or the JSON <c>null</c>.</returns>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidRequest"/> when it does not fit.</exception>
    public static T? Read<T>(JsonElement? value, JsonTypeInfo<T> type, string shownType, string purpose)
        where T : class
    {
        if (value is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } there)
        {
            return null;
        }
        try
        {
            return there.Deserialize(type);
        }
        catch (JsonException error)
        {
            throw Refused(shownType, purpose, Reason(error), error);
        }
    }

    /// <summary>The error for a text that is missing.</summary>
    /// <param name="shownType">AIStore's name of the type.</param>
    /// <param name="purpose">What the text should have been sent for: a verb, an action; empty for none.</param>
    public static StoreException Missing(string shownType, string purpose) => Refused(shownType, purpose, "EOF", null);

    /// <summary>Why JSON could not be read, without names of types of the program.</summary>
    public static string Reason(JsonException error)
    {
        // The library's own two sentences that name the type which it tried to make.
        var namesType = error.Message.Contains("could not be converted", StringComparison.Ordinal)
            || error.Message.Contains("for type '", StringComparison.Ordinal);
        return namesType
            ? $"the JSON value at {error.Path ?? "$"} ({Place(error)}) has the wrong type"
            : $"{OwnWords(error.Message)} ({Place(error)})";
    }

    /// <summary>The library's sentence without the place, which is told otherwise, and without advice for programmers.</summary>
    private static string OwnWords(string message)
    {
        foreach (var tail in (ReadOnlySpan<string>)[" Path: ", " LineNumber: ", " Expected the input to start"])
        {
            var at = message.IndexOf(tail, StringComparison.Ordinal);
            message = at < 0 ? message : message[..at];
        }
        return message.TrimEnd('.');
    }

    private static string Place(JsonException error) => string.Create(
        CultureInfo.InvariantCulture, $"line {error.LineNumber + 1}, byte {error.BytePositionInLine}");

    private static StoreException Refused(string shownType, string purpose, string reason, Exception? inner) => new(
        StoreErrorCode.InvalidRequest,
        $"failed to unmarshal [{shownType}]{(purpose.Length == 0 ? "" : $" ({purpose})")}, err: {reason}",
        inner);
}
