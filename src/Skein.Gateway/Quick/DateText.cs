using System.Globalization;
using System.Text;

namespace Skein.Gateway.Quick;

/// <summary>The time as the header <c>Date</c> has it, written once a second. Thread-safe.</summary>
/// <param name="time">Clock.</param>
internal sealed class DateText(TimeProvider time)
{
    /// <summary>Number of bytes.</summary>
    public const int Length = 29;

    private Second _second = new(-1, []);

    /// <summary>The time now.</summary>
    public ReadOnlySpan<byte> Now
    {
        get
        {
            var now = time.GetUtcNow();
            var second = Volatile.Read(ref _second);
            var number = now.UtcTicks / TimeSpan.TicksPerSecond;
            if (second.Number != number)
            {
                second = new Second(number, Encoding.ASCII.GetBytes(now.ToString("R", CultureInfo.InvariantCulture)));
                Volatile.Write(ref _second, second);
            }
            return second.Text;
        }
    }

    private sealed record Second(long Number, byte[] Text);
}
