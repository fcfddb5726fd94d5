using System.Globalization;

namespace Skein.Core.Buckets;

/// <summary>What may be done with a bucket and its objects; the bits of AIStore's access attributes.</summary>
[Flags]
public enum AccessPermissions : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read an object.</summary>
    Get = 1UL << 0,

    /// <summary>Read the properties of an object.</summary>
    HeadObject = 1UL << 1,

    /// <summary>Write an object.</summary>
    Put = 1UL << 2,

    /// <summary>Append to an object.</summary>
    Append = 1UL << 3,

    /// <summary>Delete an object.</summary>
    DeleteObject = 1UL << 4,

    /// <summary>Rename an object.</summary>
    MoveObject = 1UL << 5,

    /// <summary>Make objects of files of a target.</summary>
    Promote = 1UL << 6,

    /// <summary>Change an object in place.</summary>
    UpdateObject = 1UL << 7,

    /// <summary>Read the properties of the bucket.</summary>
    HeadBucket = 1UL << 8,

    /// <summary>List objects.</summary>
    ListObjects = 1UL << 9,

    /// <summary>Change the properties of the bucket.</summary>
    Patch = 1UL << 10,

    /// <summary>Change these permissions.</summary>
    SetBucketAcl = 1UL << 11,

    /// <summary>List buckets.</summary>
    ListBuckets = 1UL << 12,

    /// <summary>See the cluster.</summary>
    ShowCluster = 1UL << 13,

    /// <summary>Create a bucket.</summary>
    CreateBucket = 1UL << 14,

    /// <summary>Destroy the bucket.</summary>
    DestroyBucket = 1UL << 15,

    /// <summary>Rename the bucket.</summary>
    MoveBucket = 1UL << 16,

    /// <summary>Administer the cluster.</summary>
    Admin = 1UL << 17,

    /// <summary>The group <c>ro</c>: read only.</summary>
    ReadOnly = Get | HeadObject | ListObjects | HeadBucket | ListBuckets,

    /// <summary>The group <c>rw</c>: read and write objects.</summary>
    ReadWrite = ReadOnly | Put | Append | DeleteObject | MoveObject,

    /// <summary>The group <c>su</c>: everything, also what later versions add.</summary>
    All = ulong.MaxValue,
}

/// <summary>Access permissions as words.</summary>
public static class AccessPermissionWords
{
    private static readonly (AccessPermissions Bit, string Word)[] Words =
    [
        (AccessPermissions.Get, "GET"),
        (AccessPermissions.HeadObject, "HEAD-OBJECT"),
        (AccessPermissions.Put, "PUT"),
        (AccessPermissions.Append, "APPEND"),
        (AccessPermissions.DeleteObject, "DELETE-OBJECT"),
        (AccessPermissions.MoveObject, "MOVE-OBJECT"),
        (AccessPermissions.Promote, "PROMOTE"),
        (AccessPermissions.UpdateObject, "UPDATE-OBJECT"),
        (AccessPermissions.HeadBucket, "HEAD-BUCKET"),
        (AccessPermissions.ListObjects, "LIST-OBJECTS"),
        (AccessPermissions.Patch, "PATCH"),
        (AccessPermissions.SetBucketAcl, "SET-BUCKET-ACL"),
        (AccessPermissions.ListBuckets, "LIST-BUCKETS"),
        (AccessPermissions.ShowCluster, "SHOW-CLUSTER"),
        (AccessPermissions.CreateBucket, "CREATE-BUCKET"),
        (AccessPermissions.DestroyBucket, "DESTROY-BUCKET"),
        (AccessPermissions.MoveBucket, "MOVE-BUCKET"),
        (AccessPermissions.Admin, "ADMIN"),
    ];

    /// <summary>True when every asked-for bit is set.</summary>
    public static bool Allows(this AccessPermissions granted, AccessPermissions asked) => (granted & asked) == asked;

    /// <summary>
    /// The words of the set bits in brackets: <c>[GET HEAD-OBJECT]</c>; <c>[none]</c> when there are none.
    /// </summary>
    public static string Describe(this AccessPermissions permissions)
    {
        var words = Words.Where(word => permissions.Allows(word.Bit)).Select(word => word.Word).ToArray();
        return words.Length == 0 ? "[none]" : $"[{string.Join(' ', words)}]";
    }

    /// <summary>
    /// Reads a number, a group (<c>ro</c>, <c>rw</c>, <c>su</c>), or words separated by commas. Case does not matter.
    /// </summary>
    /// <returns>False when a part is none of these.</returns>
    public static bool TryParse(string text, out AccessPermissions permissions)
    {
        permissions = AccessPermissions.None;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (ParsePart(part) is not { } bits)
            {
                permissions = AccessPermissions.None;
                return false;
            }
            permissions |= bits;
        }
        return true;
    }

    private static AccessPermissions? ParsePart(string part)
    {
        if (ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return (AccessPermissions)number;
        }
        AccessPermissions? group = part.ToLowerInvariant() switch
        {
            "ro" => AccessPermissions.ReadOnly,
            "rw" => AccessPermissions.ReadWrite,
            "su" => AccessPermissions.All,
            "none" => AccessPermissions.None,
            _ => null,
        };
        if (group is not null)
        {
            return group;
        }
        foreach (var (bit, word) in Words)
        {
            if (string.Equals(word, part, StringComparison.OrdinalIgnoreCase))
            {
                return bit;
            }
        }
        return null;
    }
}
