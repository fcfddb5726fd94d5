namespace Skein.Core.Maps;

/// <summary>A control document together with the exact bytes in which it is replicated and stored, and their hash.</summary>
/// <param name="Document">The document.</param>
/// <param name="Body">Its bytes (<see cref="ControlDocumentCodec"/>).</param>
/// <param name="Hash">SHA-256 of <paramref name="Body"/> in lower-case hex.</param>
public sealed record SealedDocument(ControlDocument Document, ReadOnlyMemory<byte> Body, string Hash)
{
    /// <summary>No document: the state of a node that has never been in a cluster.</summary>
    public static SealedDocument None { get; } = new(ControlDocument.Empty, ReadOnlyMemory<byte>.Empty, "");

    /// <summary>Place in the order of documents.</summary>
    public DocumentStamp Stamp => Document.Stamp;

    /// <summary>Cluster id; empty for <see cref="None"/>.</summary>
    public string Uuid => Document.Uuid;

    /// <summary>True when this is a document of the same cluster and newer than the other.</summary>
    public bool IsSuccessorOf(SealedDocument other) =>
        (!other.Document.Exists || other.Uuid == Uuid) && Stamp > other.Stamp;
}
