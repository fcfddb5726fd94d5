using System.Globalization;
using System.Numerics;

namespace Skein.TestKit;

/// <summary>What a developer sets in the environment to run a test longer, larger or again.</summary>
public static class TestSetting
{
    /// <summary>The number in a variable; the default when it is not there or no number.</summary>
    public static T Number<T>(string variable, T byDefault)
        where T : INumber<T> =>
        T.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number)
            ? number
            : byDefault;
}
