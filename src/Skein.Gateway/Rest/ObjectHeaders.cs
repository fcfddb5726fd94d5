using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Skein.Core.Buckets;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Core.Wire;
using Skein.Gateway.Peers;
using Skein.Gateway.Pipeline;
using Skein.Gateway.Ports;
using Skein.Gateway.Rest.Objects;

namespace Skein.Gateway.Rest;

/// <summary>Object attributes as headers, both ways.</summary>
internal static class ObjectHeaders
{
    /// <summary>Content type of every object.</summary>
    internal const string ContentType = "application/octet-stream";

    private const string EntityTagKey = "ETag";

    private const string LastModifiedKey = "LastModified";

    /// <summary>Status and headers of a GET.</summary>
    public static void WriteContent(RequestContext request, ObjectContent content)
    {
        var response = request.Response;
        var headers = response.Headers;
        WriteAttributes(headers, content.Attributes, content.Checksum);
        response.ContentType = ContentType;
        response.ContentLength = content.Length;
        if (content.IsRange)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            headers.AcceptRanges = "bytes";
            headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture,
                $"bytes {content.Offset}-{content.Offset + content.Length - 1}/{content.Attributes.Size}");
        }
        WriteStamp(request, content.Attributes);
    }

    /// <summary>Status and headers of a HEAD.</summary>
    public static void WriteDescription(
        RequestContext request, BucketName bucket, string name, ObjectDescription description)
    {
        var headers = request.Response.Headers;
        var attributes = description.Attributes;
        WriteAttributes(headers, attributes, attributes.Checksum);
        request.Response.ContentLength = attributes.Size;
        headers["Ais-Name"] = HeaderText(name);
        headers["Ais-Bucket-Name"] = bucket.Name;
        headers["Ais-Bucket-Provider"] = bucket.Provider;
        if (bucket.Namespace.Uuid.Length != 0)
        {
            headers["Ais-Bucket-Namespace-Uuid"] = bucket.Namespace.Uuid;
        }
        if (bucket.Namespace.Name.Length != 0)
        {
            headers["Ais-Bucket-Namespace-Name"] = bucket.Namespace.Name;
        }
        headers["Ais-Present"] = description.IsPresent ? "true" : "false";
        if (description.IsPresent)
        {
            headers["Ais-Location"] = description.Location;
            WriteCopies(headers, description);
        }
        WriteStamp(request, attributes);
    }

    /// <summary>Headers of a HEAD that asks for some properties only.</summary>
    public static void WriteProps(RequestContext request, ObjectDescription description, HeadProps props)
    {
        var headers = request.Response.Headers;
        var attributes = description.Attributes;
        request.Response.ContentLength = attributes.Size;
        headers["Ais-Present"] = description.IsPresent ? "true" : "false";
        if (props.HasFlag(HeadProps.AccessTime))
        {
            headers[HeaderNames.AccessTime] = attributes.AccessTime.ToString(CultureInfo.InvariantCulture);
        }
        if (props.HasFlag(HeadProps.Checksum))
        {
            WriteChecksum(headers, attributes.Checksum);
        }
        if (props.HasFlag(HeadProps.Version) && attributes.Version.Length != 0)
        {
            headers[HeaderNames.Version] = attributes.Version;
        }
        if (props.HasFlag(HeadProps.Custom) && attributes.Custom.Count != 0)
        {
            headers[HeaderNames.CustomMetadata] = new StringValues([.. attributes.Custom.Select(CustomText)]);
        }
        if (props.HasFlag(HeadProps.LastModified))
        {
            headers.LastModified = LastModified(attributes);
        }
        if (props.HasFlag(HeadProps.EntityTag))
        {
            headers.ETag = EntityTag(attributes);
        }
        if (description.IsPresent && props.HasFlag(HeadProps.Location))
        {
            headers["Ais-Location"] = description.Location;
        }
        if (description.IsPresent && props.HasFlag(HeadProps.Copies))
        {
            WriteCopies(headers, description);
        }
        WriteStamp(request, attributes);
    }

    /// <summary>Headers of a PUT that stored something.</summary>
    public static void WriteStored(
        RequestContext request, ObjectAttributes stored, IReadOnlyList<KeyValuePair<string, string>> given)
    {
        var headers = request.Response.Headers;
        WriteAttributes(headers, stored with { Custom = given }, stored.Checksum);
        WriteStamp(request, stored);
    }

    /// <summary>
    /// The checksum that a client declares; null when there is nothing to check. A type without a value is a mismatch
    /// against the empty value.
    /// </summary>
    /// <exception cref="StoreException">For a type that is not known.</exception>
    public static Checksum? ReadChecksum(IHeaderDictionary headers)
    {
        var type = headers[HeaderNames.ChecksumType].ToString();
        if (type.Length == 0 || type == ChecksumTypes.None)
        {
            return null;
        }
        if (!ChecksumTypes.IsKnown(type))
        {
            throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"invalid checksum type \"{Shorten(type)}\" (expecting [{string.Join(' ', ChecksumTypes.All)}])");
        }
        var canonical = type == ChecksumTypes.XxHash2 ? ChecksumTypes.XxHash : type;
        return new Checksum(canonical, headers[HeaderNames.ChecksumValue].ToString());
    }

    /// <summary>Custom metadata of a PUT: one <c>key=value</c> per header; the last of a repeated key counts.</summary>
    /// <exception cref="StoreException">For an entry without <c>=</c> or without key, or too much in all.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> ReadCustom(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(HeaderNames.CustomMetadata, out var values))
        {
            return [];
        }
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            if (string.IsNullOrEmpty(value))
            {
                continue;
            }
            var equals = value.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidRequest,
                    $"invalid custom metadata \"{Shorten(value)}\": expecting key=value");
            }
            pairs[value[..equals].Trim()] = value[(equals + 1)..].Trim();
        }
        return Checked(pairs);
    }

    /// <summary>Custom metadata of a PATCH; null for a value that is null or missing.</summary>
    /// <exception cref="StoreException">When it is not a map of strings, or too large.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>>? ReadCustom(JsonElement? value)
    {
        if (value is not { } element || element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return null;
        }
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw NotAMap();
        }
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String || property.Name.Length == 0)
            {
                throw NotAMap();
            }
            pairs[property.Name] = property.Value.GetString()!;
        }
        return Checked(pairs);
    }

    /// <summary>A header value: text of which control characters are percent-encoded, since no header can carry them.</summary>
    public static string HeaderText(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.Contains('\x7f', StringComparison.Ordinal))
        {
            return text;
        }
        var builder = new StringBuilder(text.Length + 8);
        foreach (var unit in text)
        {
            if (unit is < ' ' or '\x7f')
            {
                builder.Append(CultureInfo.InvariantCulture, $"%{(int)unit:X2}");
            }
            else
            {
                builder.Append(unit);
            }
        }
        return builder.ToString();
    }

    /// <summary>Headers that describe an object, in this order.</summary>
    internal static void WriteAttributes(IHeaderDictionary headers, ObjectAttributes attributes, Checksum checksum)
    {
        headers[HeaderNames.AccessTime] = attributes.AccessTime.ToString(CultureInfo.InvariantCulture);
        WriteChecksum(headers, checksum);
        if (attributes.Version.Length != 0)
        {
            headers[HeaderNames.Version] = attributes.Version;
        }
        if (attributes.Custom.Count == 0)
        {
            return;
        }
        var custom = new string[attributes.Custom.Count];
        for (var i = 0; i < custom.Length; i++)
        {
            var pair = attributes.Custom[i];
            custom[i] = CustomText(pair);
            if (pair.Key == EntityTagKey)
            {
                headers.ETag = Quoted(pair.Value);
            }
        }
        headers[HeaderNames.CustomMetadata] = new StringValues(custom);
    }

    private static void WriteChecksum(IHeaderDictionary headers, Checksum checksum)
    {
        if (!checksum.IsNone)
        {
            headers[HeaderNames.ChecksumType] = checksum.Type;
            headers[HeaderNames.ChecksumValue] = checksum.Value;
        }
    }

    private static void WriteCopies(IHeaderDictionary headers, ObjectDescription description)
    {
        headers["Ais-Mirror-Copies"] = description.MountpathPaths.Count.ToString(CultureInfo.InvariantCulture);
        headers["Ais-Mirror-Paths"] = $"[{string.Join(' ', description.MountpathPaths)}]";
    }

    private static string CustomText(KeyValuePair<string, string> pair) => HeaderText($"{pair.Key}={pair.Value}");

    private static string Quoted(string tag) => HeaderText($"\"{tag.Trim('"')}\"");

    /// <summary>What its home tells, else when it was written here; nothing when neither is known.</summary>
    private static StringValues LastModified(ObjectAttributes attributes)
    {
        var told = attributes.Custom.FirstOrDefault(pair => pair.Key == LastModifiedKey).Value;
        if (told is not null)
        {
            return HeaderText(told);
        }
        var written = attributes.Stamp.WrittenMilliseconds;
        return written == 0
            ? default
            : new StringValues(DateTimeOffset.FromUnixTimeMilliseconds(written).ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>What its home or the client tells, else its checksum; nothing when there is none.</summary>
    private static StringValues EntityTag(ObjectAttributes attributes)
    {
        var told = attributes.Custom.FirstOrDefault(pair => pair.Key == EntityTagKey).Value;
        return told is not null ? Quoted(told)
            : attributes.Checksum.IsNone ? default
            : new StringValues($"\"{attributes.Checksum.Value}\"");
    }

    private static void WriteStamp(RequestContext request, ObjectAttributes attributes)
    {
        if (request.Call.IsIntra)
        {
            request.Response.Headers[WriteStampHeader.Name] = WriteStampHeader.Format(attributes.Stamp);
        }
    }

    private static IReadOnlyList<KeyValuePair<string, string>> Checked(SortedDictionary<string, string> pairs)
    {
        var size = 0;
        foreach (var pair in pairs)
        {
            size += Encoding.UTF8.GetByteCount(pair.Key) + Encoding.UTF8.GetByteCount(pair.Value);
        }
        return size <= GatewayLimits.MaxCustomMetadata
            ? [.. pairs]
            : throw new StoreException(
                StoreErrorCode.InvalidRequest,
                $"custom metadata of {size} bytes: at most {GatewayLimits.MaxCustomMetadata} are allowed");
    }

    private static StoreException NotAMap() =>
        new(StoreErrorCode.InvalidRequest, "invalid custom metadata: expecting a map of strings");

    private static string Shorten(string text) => text.Length > 100 ? text[..100] : text;
}
