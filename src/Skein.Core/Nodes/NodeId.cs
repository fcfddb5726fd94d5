using System.Buffers;
using System.Security.Cryptography;
using Skein.Core.Errors;

namespace Skein.Core.Nodes;

/// <summary>The rules for ids of nodes.</summary>
public static class NodeId
{
    /// <summary>Fewest characters.</summary>
    public const int MinLength = 8;

    /// <summary>Most characters.</summary>
    public const int MaxLength = 32;

    /// <summary>Number of characters of a generated id.</summary>
    public const int GeneratedLength = 8;

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string LettersAndDigits = Letters + "0123456789";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(LettersAndDigits + "-_");

    /// <summary>The problem with an id, or null when it is valid.</summary>
    public static string? Check(string id)
    {
        var shown = id.Length > 2 * MaxLength ? string.Concat(id.AsSpan(0, 2 * MaxLength), "...") : id;
        if (id.Length is < MinLength or > MaxLength)
        {
            return $"node id \"{shown}\" is invalid: {id.Length} characters, expected {MinLength} to {MaxLength}";
        }
        if (id.AsSpan().ContainsAnyExcept(Allowed))
        {
            return $"node id \"{shown}\" is invalid: may only contain letters, digits, dashes (-) and underscores (_)";
        }
        return id[0] is '-' or '_' || id[^1] is '-' or '_'
            ? $"node id \"{shown}\" is invalid: must not begin or end with a dash (-) or an underscore (_)"
            : null;
    }

    /// <summary>True when the id follows the rules.</summary>
    public static bool IsValid(string id) => Check(id) is null;

    /// <summary>Checks an id.</summary>
    /// <exception cref="StoreException">With <see cref="StoreErrorCode.InvalidRequest"/> when it breaks the rules.</exception>
    public static void Validate(string id)
    {
        if (Check(id) is { } problem)
        {
            throw new StoreException(StoreErrorCode.InvalidRequest, problem);
        }
    }

    /// <summary>A new id of letters and digits, beginning with a letter, from a given source of randomness.</summary>
    public static string Generate(Random random) => Make(random.Next);

    /// <summary>A new id of letters and digits, beginning with a letter, from the system's randomness.</summary>
    public static string Generate() => Make(RandomNumberGenerator.GetInt32);

    private static string Make(Func<int, int> next)
    {
        Span<char> id = stackalloc char[GeneratedLength];
        id[0] = Letters[next(Letters.Length)];
        for (var i = 1; i < id.Length; i++)
        {
            id[i] = LettersAndDigits[next(LettersAndDigits.Length)];
        }
        return new string(id);
    }
}
