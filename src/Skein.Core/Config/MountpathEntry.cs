namespace Skein.Core.Config;

/// <summary>One configured mountpath.</summary>
/// <param name="Path">Absolute path without a trailing slash.</param>
/// <param name="Label">Label that says which disks are one; empty when there is none.</param>
public sealed record MountpathEntry(string Path, string Label);
