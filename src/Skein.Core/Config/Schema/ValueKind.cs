using System.Text.Json;

namespace Skein.Core.Config.Schema;

/// <summary>One kind of value (duration, size, choice, ...) with its limits.</summary>
internal abstract class ValueKind<TValue>
{
    /// <summary>Name of the kind for the reference, for example <c>duration</c>.</summary>
    public abstract string TypeName { get; }

    /// <summary>What follows "expected" in the message about a value of another type.</summary>
    public abstract string Expected { get; }

    /// <summary>The allowed values in words; empty when there is no limit.</summary>
    public virtual string Range => "";

    public abstract bool TryRead(JsonElement element, out TValue value);

    public abstract bool TryParse(string text, out TValue value);

    public abstract void Write(Utf8JsonWriter writer, string name, TValue value);

    /// <summary>The value as people read it.</summary>
    public abstract string Show(TValue value);

    /// <summary>The problem with the value, or null.</summary>
    public virtual string? Check(string path, TValue value) => null;
}
