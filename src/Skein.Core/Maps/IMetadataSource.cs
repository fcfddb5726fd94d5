namespace Skein.Core.Maps;

/// <summary>
/// The node's present knowledge of the cluster. A request takes <see cref="Current"/> once and sees one consistent
/// world; reading it is one volatile read.
/// </summary>
public interface IMetadataSource
{
    /// <summary>The newest document that is persisted on this node.</summary>
    SealedDocument Current { get; }
}
