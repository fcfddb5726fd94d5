using System.Text;
using Skein.Core.Errors;
using Skein.Core.Objects;
using Skein.Storage.Objects;

namespace Skein.Storage.Listing;

/// <summary>Reads one page from the indexes of all mountpaths at once, in order. Costs as much as the page is long.</summary>
internal static class ListingMerge
{
    /// <summary>Greater than every byte of UTF-8.</summary>
    private static readonly byte[] EndOfAll = [0xFF];

    public static ListPage Read(
        IReadOnlyList<StorageUnit> units, ulong bucketId, ListQuery query, CancellationToken cancel)
    {
        var leases = new IndexLease[units.Count];
        var rowsBefore = new long[units.Count];
        var rented = 0;
        try
        {
            for (; rented < units.Count; rented++)
            {
                leases[rented] = units[rented].Index.Rent();
                rowsBefore[rented] = leases[rented].Reader.RowsRead;
            }
            return new Page(units, leases, query).Read(bucketId, cancel);
        }
        catch (IndexFailure e)
        {
            foreach (var unit in units)
            {
                unit.Index.Report(e);
            }
            throw new StoreException(
                StoreErrorCode.NotReady, $"the listing index could not be read, try again: {e.Message}", e);
        }
        finally
        {
            for (var i = 0; i < rented; i++)
            {
                units[i].Index.Return(leases[i], leases[i].Reader.RowsRead - rowsBefore[i]);
            }
        }
    }

    private sealed class Page(IReadOnlyList<StorageUnit> units, IndexLease[] leases, ListQuery query)
    {
        private readonly byte[] _prefix = Encoding.UTF8.GetBytes(query.Prefix);
        private readonly List<ListEntry> _entries = new(Math.Min(query.Limit, 1024));

        public ListPage Read(ulong bucketId, CancellationToken cancel)
        {
            var start = Start();
            var end = End();
            foreach (var lease in leases)
            {
                lease.Reader.Open(bucketId, start, end);
            }
            while (Least() is var least and >= 0)
            {
                if (_entries.Count == query.Limit)
                {
                    return new ListPage(_entries, _entries[^1].SortKey);
                }
                cancel.ThrowIfCancellationRequested();
                if (query.NonRecursive && FolderBytes(leases[least].Reader.Name) is var length and > 0)
                {
                    AddFolder(least, length);
                }
                else
                {
                    AddObject(least);
                }
            }
            return new ListPage(_entries, "");
        }

        /// <summary>The first name that may be on the page.</summary>
        private byte[] Start()
        {
            if (query.StartAfter.Length == 0)
            {
                return _prefix;
            }
            var after = Encoding.UTF8.GetBytes(query.StartAfter);
            var isFolder = query.NonRecursive && after.Length > _prefix.Length && after.AsSpan().StartsWith(_prefix)
                && after.AsSpan(_prefix.Length).IndexOf((byte)'/') == after.Length - _prefix.Length - 1;
            byte[] start;
            if (isFolder)
            {
                start = after;
                start[^1]++; // past all that begins with the folder's name and its slash
            }
            else
            {
                start = [.. after, 0]; // the least name that is greater
            }
            return start.AsSpan().SequenceCompareTo(_prefix) > 0 ? start : _prefix;
        }

        /// <summary>The least byte string greater than all that begin with the prefix.</summary>
        private byte[] End()
        {
            if (_prefix.Length == 0)
            {
                return EndOfAll;
            }
            var end = _prefix.AsSpan().ToArray();
            end[^1]++; // no byte of UTF-8 is 0xFF
            return end;
        }

        /// <summary>Which reader has the least name; -1 when all are at their end.</summary>
        private int Least()
        {
            var least = -1;
            for (var i = 0; i < leases.Length; i++)
            {
                if (leases[i].Reader.HasRow
                    && (least < 0 || leases[i].Reader.Name.SequenceCompareTo(leases[least].Reader.Name) < 0))
                {
                    least = i;
                }
            }
            return least;
        }

        /// <summary>Length of the name up to and with the first slash after the prefix; 0 when there is none.</summary>
        private int FolderBytes(ReadOnlySpan<byte> name)
        {
            var slash = name[_prefix.Length..].IndexOf((byte)'/');
            return slash < 0 ? 0 : _prefix.Length + slash + 1;
        }

        private void AddFolder(int least, int length)
        {
            var past = leases[least].Reader.Name[..length].ToArray();
            _entries.Add(new ListEntry(
                Encoding.UTF8.GetString(past.AsSpan(0, length - 1)), true, null, units[least].Mountpath));
            past[^1]++;
            foreach (var lease in leases)
            {
                if (lease.Reader.HasRow && lease.Reader.Name.SequenceCompareTo(past) < 0)
                {
                    lease.Reader.Seek(past);
                }
            }
        }

        /// <summary>Of copies on several mountpaths the one that was written last is shown.</summary>
        private void AddObject(int least)
        {
            // Of one index no name comes twice: then nothing is compared with it.
            var name = leases.Length == 1 ? [] : leases[least].Reader.Name.ToArray();
            var text = Encoding.UTF8.GetString(leases[least].Reader.Name);
            ObjectAttributes? attributes = null;
            var owner = least;
            for (var i = least; i < leases.Length; i++)
            {
                var reader = leases[i].Reader;
                if (!reader.HasRow || (i != least && !reader.Name.SequenceEqual(name)))
                {
                    continue;
                }
                if (query.Fields != ListFields.None)
                {
                    var copy = ObjectHeaderCodec.Decode(reader.Header)?.Attributes;
                    if (copy is not null && (attributes is null || copy.Stamp > attributes.Stamp))
                    {
                        (attributes, owner) = (copy, i);
                    }
                }
                reader.MoveNext();
            }
            _entries.Add(new ListEntry(text, false, attributes, units[owner].Mountpath));
        }
    }
}
