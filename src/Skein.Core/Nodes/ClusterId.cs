using System.Security.Cryptography;

namespace Skein.Core.Nodes;

/// <summary>Ids of clusters: made once when a cluster is formed, never changed.</summary>
public static class ClusterId
{
    /// <summary>Number of characters.</summary>
    public const int Length = 12;

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>A new id of letters and digits, beginning with a letter, from the system's randomness.</summary>
    public static string Generate() =>
        RandomNumberGenerator.GetString(Letters, 1) + RandomNumberGenerator.GetString(Letters + "0123456789", Length - 1);
}
