namespace Skein.Simulator.Exhaustive;

/// <summary>Sums up a state in 64 bits (FNV-1a with a final scramble).</summary>
internal sealed class Fingerprint
{
    private ulong _hash = 14_695_981_039_346_656_037;

    public ulong Value
    {
        get
        {
            var value = (_hash ^ (_hash >> 33)) * 0xFF51_AFD7_ED55_8CCD;
            return value ^ (value >> 33);
        }
    }

    public void Reset() => _hash = 14_695_981_039_346_656_037;

    public void Add(long number)
    {
        _hash = (_hash ^ (ulong)number) * 1_099_511_628_211;
        _hash ^= _hash >> 29;
    }

    public void Add(string text)
    {
        foreach (var letter in text)
        {
            _hash = (_hash ^ letter) * 1_099_511_628_211;
        }
        Add(text.Length);
    }
}
