namespace Skein.Storage.Uploads;

/// <summary>Many may add to an upload at a time, or one may end it. Nobody waits. Thread-safe.</summary>
internal sealed class UploadGates
{
    private const int Exclusive = -1;

    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);

    /// <summary>Enters as one of many; null while somebody ends the upload.</summary>
    public IDisposable? TryShare(string id)
    {
        lock (_held)
        {
            var count = _held.GetValueOrDefault(id);
            if (count == Exclusive)
            {
                return null;
            }
            _held[id] = count + 1;
        }
        return new Holder(this, id);
    }

    /// <summary>Enters alone; null while anybody else is in.</summary>
    public IDisposable? TryEnter(string id)
    {
        lock (_held)
        {
            return _held.TryAdd(id, Exclusive) ? new Holder(this, id) : null;
        }
    }

    private void Leave(string id)
    {
        lock (_held)
        {
            var count = _held[id];
            if (count is Exclusive or 1)
            {
                _held.Remove(id);
            }
            else
            {
                _held[id] = count - 1;
            }
        }
    }

    private sealed class Holder(UploadGates gates, string id) : IDisposable
    {
        private UploadGates? _gates = gates;

        public void Dispose() => Interlocked.Exchange(ref _gates, null)?.Leave(id);
    }
}
