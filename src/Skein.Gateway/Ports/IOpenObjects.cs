using Microsoft.Win32.SafeHandles;
using Skein.Core.Errors;
using Skein.Core.Objects;

namespace Skein.Gateway.Ports;

/// <summary>Objects that can be sent as they lie on the disk.</summary>
public interface IOpenObjects
{
    /// <summary>
    /// True when an object that is here is the one to be sent: nobody else may have a newer one, and no home is to be asked.
    /// </summary>
    bool MayServe(RequestedObject wanted);

    /// <summary>The object, if it is open already or can be opened without a wait for a disk; null otherwise.</summary>
    OpenObject? Find(RequestedObject wanted);

    /// <summary>Opens the object; null when it is not here. May wait for a disk.</summary>
    /// <exception cref="StoreException">When the disk fails, or nobody can say whether it is here.</exception>
    OpenObject? Open(RequestedObject wanted);
}

/// <summary>An object that is open, by several requests at a time.</summary>
public abstract class OpenObject
{
    /// <summary>Its attributes.</summary>
    public abstract ObjectAttributes Attributes { get; }

    /// <summary>Its bytes.</summary>
    public abstract SafeFileHandle File { get; }

    /// <summary>What the gateway remembers with it: the head of its answer. Null at first.</summary>
    internal Quick.QuickHead? Head { get; set; }

    /// <summary>Ends the use of it; to be called once for each time it was found or opened.</summary>
    public abstract void Release();
}
