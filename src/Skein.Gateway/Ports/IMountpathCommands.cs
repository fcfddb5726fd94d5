namespace Skein.Gateway.Ports;

/// <summary>Changes the mountpaths of a target. Errors are store exceptions that name the mountpath.</summary>
public interface IMountpathCommands
{
    /// <summary>Takes a new mountpath into service.</summary>
    /// <param name="path">An existing folder.</param>
    /// <param name="label">The operator's label; may be empty.</param>
    /// <param name="cancellation">Gives up waiting for another change.</param>
    Task AttachAsync(string path, string label, CancellationToken cancellation);

    /// <summary>Takes a mountpath back into service.</summary>
    /// <returns>False when it is in service.</returns>
    Task<bool> EnableAsync(string path, CancellationToken cancellation);

    /// <summary>Takes a mountpath out of service.</summary>
    /// <param name="path">Which.</param>
    /// <param name="resilver">True to move its objects to the others first, where the configuration allows it.</param>
    /// <param name="cancellation">Gives up waiting for another change.</param>
    /// <returns>False when it is disabled already.</returns>
    Task<bool> DisableAsync(string path, bool resilver, CancellationToken cancellation);

    /// <summary>Gives a mountpath up.</summary>
    /// <param name="path">Which.</param>
    /// <param name="resilver">True to move its objects to the others first, where the configuration allows it.</param>
    /// <param name="cancellation">Gives up waiting for another change.</param>
    Task DetachAsync(string path, bool resilver, CancellationToken cancellation);
}
