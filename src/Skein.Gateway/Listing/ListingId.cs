using System.Security.Cryptography;

namespace Skein.Gateway.Listing;

/// <summary>Ids of listings: nine characters, the first a letter. A page needs only its token; the id is echoed.</summary>
internal static class ListingId
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string All = Letters + "0123456789";
    private const int Length = 9;

    /// <summary>A fresh id.</summary>
    public static string New() =>
        RandomNumberGenerator.GetString(Letters, 1) + RandomNumberGenerator.GetString(All, Length - 1);
}
