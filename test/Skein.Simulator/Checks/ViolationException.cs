namespace Skein.Simulator.Checks;

/// <summary>A property that must never fail did.</summary>
/// <param name="checker">The checker that noticed.</param>
/// <param name="what">What broke.</param>
internal sealed class ViolationException(string checker, string what) : Exception($"{checker}: {what}")
{
    public string Checker => checker;
}
