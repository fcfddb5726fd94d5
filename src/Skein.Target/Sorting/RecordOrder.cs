using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Skein.Core.Errors;
using Skein.Core.Sorting;

namespace Skein.Target.Sorting;

/// <summary>
/// The order of records. Pure: it depends on the records and the specification alone, not on the order in which targets
/// answered, so the same shards give the same result whatever the cluster looks like.
/// </summary>
internal static class RecordOrder
{
    /// <summary>Sorts records.</summary>
    /// <exception cref="StoreException">When one has no key, or a key is not of the type asked for.</exception>
    public static SortRecord[] Sort(IEnumerable<SortRecord> records, SortSpec spec)
    {
        SortRecord[] sorted = [.. records];
        Array.Sort(sorted, ByPlace);
        switch (spec.Kind)
        {
            case SortKind.None:
                return sorted;
            case SortKind.Shuffle:
                return By(sorted, record => Hash(record, spec.Seed), Comparer<ulong>.Default, isDecreasing: false);
            case SortKind.Md5:
                return By(sorted, Md5, StringComparer.Ordinal, spec.IsDecreasing);
            case SortKind.Content:
                return spec.KeyType switch
                {
                    SortKeyType.Integer => By(sorted, Integer, Comparer<long>.Default, spec.IsDecreasing),
                    SortKeyType.Decimal => By(sorted, Decimal, Comparer<double>.Default, spec.IsDecreasing),
                    _ => By(sorted, KeyOf, StringComparer.Ordinal, spec.IsDecreasing),
                };
            default:
                return By(sorted, record => record.Name, StringComparer.Ordinal, spec.IsDecreasing);
        }
    }

    /// <summary>Where they stand: as the shards are named, then as they are in the shard.</summary>
    private static int ByPlace(SortRecord left, SortRecord right)
    {
        var order = left.Ordinal.CompareTo(right.Ordinal);
        order = order != 0 ? order : string.CompareOrdinal(left.Shard, right.Shard);
        return order != 0 ? order : left.Index.CompareTo(right.Index);
    }

    /// <summary>Equal ones stay where they are.</summary>
    private static SortRecord[] By<T>(
        SortRecord[] records, Func<SortRecord, T> key, IComparer<T> comparer, bool isDecreasing) =>
        isDecreasing ? [.. records.OrderByDescending(key, comparer)] : [.. records.OrderBy(key, comparer)];

    /// <summary>A number that only the seed and the record decide: sorting by it shuffles.</summary>
    private static ulong Hash(SortRecord record, long seed)
    {
        var hash = new XxHash64(seed);
        hash.Append(Encoding.UTF8.GetBytes(record.Shard));
        hash.Append("\0"u8);
        Span<byte> index = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(index, record.Index);
        hash.Append(index);
        return hash.GetCurrentHashAsUInt64();
    }

#pragma warning disable CA5351 // the client asks for this order; nothing is kept secret by it
    private static string Md5(SortRecord record) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(record.Name)));
#pragma warning restore CA5351

    private static string KeyOf(SortRecord record) => record.Key ?? throw new StoreException(
        StoreErrorCode.InvalidRequest, $"key is missing for \"{record.Name}\" of shard \"{record.Shard}\"");

    private static long Integer(SortRecord record) =>
        long.TryParse(KeyOf(record), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NoNumber(record, "a whole number");

    private static double Decimal(SortRecord record) =>
        double.TryParse(KeyOf(record), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NoNumber(record, "a number");

    private static StoreException NoNumber(SortRecord record, string what)
    {
        var key = record.Key!;
        return new StoreException(
            StoreErrorCode.InvalidRequest,
            $"\"{(key.Length > 64 ? key[..64] : key)}\" is not {what}: key of \"{record.Name}\" of shard \"{record.Shard}\"");
    }
}
