using Microsoft.Extensions.Logging;
using Skein.Core.Maps;

namespace Skein.Cluster;

/// <summary>Log messages of the control plane. Ids 1000-1999; 1024-1049 and from 1056 are free.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(1000, LogLevel.Error, "A subscriber of the metadata feed failed")]
    public static partial void SubscriberFailed(ILogger log, Exception error);

    [LoggerMessage(1001, LogLevel.Error, "Damaged control document: {Problem}")]
    public static partial void DocumentDamaged(ILogger log, string problem);

    [LoggerMessage(1002, LogLevel.Critical,
        "Two different documents at {Stamp}: hash {Mine} here, {Theirs} offered. The offered one is refused")]
    public static partial void StampConflict(ILogger log, DocumentStamp stamp, string mine, string theirs);

    [LoggerMessage(1003, LogLevel.Information, "Committed {Stamp}: {What} (by {Who})")]
    public static partial void Committed(ILogger log, DocumentStamp stamp, string what, string who);

    [LoggerMessage(1004, LogLevel.Information, "Formed cluster {Uuid}")]
    public static partial void Formed(ILogger log, string uuid);

    [LoggerMessage(1005, LogLevel.Information, "Joined cluster {Uuid} through {Url} at {Stamp} after {Milliseconds} ms")]
    public static partial void Joined(ILogger log, string uuid, string url, DocumentStamp stamp, long milliseconds);

    [LoggerMessage(1006, LogLevel.Warning, "{Url} refuses to let this node in: {Reason}")]
    public static partial void JoinRefused(ILogger log, string url, string reason);

    [LoggerMessage(1007, LogLevel.Warning, "No cluster found after {Rounds} rounds over {Count} URLs: {Urls}")]
    public static partial void JoinFailing(ILogger log, int rounds, int count, string urls);

    [LoggerMessage(1008, LogLevel.Information, "Refused {Node}: {Reason}")]
    public static partial void Refusing(ILogger log, string node, string reason);

    [LoggerMessage(1009, LogLevel.Warning, "Cannot bring {Node} up to {Stamp}: {Reason}")]
    public static partial void PushFailed(ILogger log, string node, DocumentStamp stamp, string reason);

    [LoggerMessage(1010, LogLevel.Information, "{Node} is up to date again at {Stamp}")]
    public static partial void PushRecovered(ILogger log, string node, DocumentStamp stamp);

    [LoggerMessage(1011, LogLevel.Information, "Now at {Stamp}: {What}")]
    public static partial void Adopted(ILogger log, DocumentStamp stamp, string what);

    [LoggerMessage(1012, LogLevel.Critical, "A document of cluster {Theirs} was offered to a node of cluster {Mine}")]
    public static partial void WrongCluster(ILogger log, string mine, string theirs);

    [LoggerMessage(1013, LogLevel.Warning, "The primary {Node} does not answer keepalives: {Reason}. Searching")]
    public static partial void PrimarySilent(ILogger log, string node, string reason);

    [LoggerMessage(1014, LogLevel.Information, "Looking for the cluster through {Urls}")]
    public static partial void Searching(ILogger log, string urls);

    [LoggerMessage(1015, LogLevel.Information, "Standing by until an administrator brings this node in")]
    public static partial void StandingBy(ILogger log);

    [LoggerMessage(1016, LogLevel.Error, "A control loop failed; it goes on")]
    public static partial void LoopFailed(ILogger log, Exception error);

    [LoggerMessage(1017, LogLevel.Information, "This node is the primary of cluster {Uuid} at {Stamp}")]
    public static partial void Leading(ILogger log, string uuid, DocumentStamp stamp);

    [LoggerMessage(1018, LogLevel.Information, "Waiting for {Url} before forming a cluster: {Reason}")]
    public static partial void FormationProbe(ILogger log, string url, string reason);

    [LoggerMessage(
        1019,
        LogLevel.Error,
        "No URL to join through and no cluster on disk: set proxy.discovery_url, or form a cluster with --bootstrap")]
    public static partial void NowhereToJoin(ILogger log);

    [LoggerMessage(1020, LogLevel.Critical, "The rules of the consensus are broken: {What}")]
    public static partial void Conflict(ILogger log, string what);

    [LoggerMessage(1021, LogLevel.Error, "The metadata folder cannot be written; this node takes no part until it can")]
    public static partial void StateNotStored(ILogger log, Exception error);

    [LoggerMessage(1022, LogLevel.Information, "{Node} is {Role} in epoch {Epoch}; primary \"{Primary}\"")]
    public static partial void RoleChanged(
        ILogger log, string node, Consensus.ConsensusRole role, Consensus.Epoch epoch, string primary);

    [LoggerMessage(1023, LogLevel.Warning, "The voters could not be changed: {Reason}")]
    public static partial void VotersNotChanged(ILogger log, string reason);

    [LoggerMessage(1024, LogLevel.Warning,
        "The newborn cluster {Mine} of this node alone is given up for the established cluster {Theirs}")]
    public static partial void Abandoned(ILogger log, string mine, string theirs);

    [LoggerMessage(1025, LogLevel.Warning, "Alert: {What}")]
    public static partial void Alert(ILogger log, string what);

    [LoggerMessage(1026, LogLevel.Warning, "The state of node {Node} could not be changed: {Reason}")]
    public static partial void LivenessNotChanged(ILogger log, string node, string reason);

    [LoggerMessage(1027, LogLevel.Warning, "Rebalance: \"{Change}\" could not be committed: {Reason}")]
    public static partial void RebalanceNotChanged(ILogger log, string change, string reason);

    [LoggerMessage(1028, LogLevel.Information, "Leaving: {What}")]
    public static partial void LeavingWaits(ILogger log, string what);

    [LoggerMessage(1029, LogLevel.Warning, "Leaving: the next step for {Node} has failed, it is tried again: {Reason}")]
    public static partial void LeavingFailed(ILogger log, string node, string reason);

    [LoggerMessage(1030, LogLevel.Warning, "{Order} of the cluster by {Who}: these nodes have not answered: {Nodes}")]
    public static partial void ClusterEndIncomplete(ILogger log, Lifecycle.NodeOrder order, string who, string nodes);

    [LoggerMessage(1031, LogLevel.Warning, "{Order} of the whole cluster by request of {Who}")]
    public static partial void ClusterEnds(ILogger log, Lifecycle.NodeOrder order, string who);

    [LoggerMessage(1032, LogLevel.Warning, "Mountpaths: {What}")]
    public static partial void MountpathsHeld(ILogger log, string what);

    [LoggerMessage(1050, LogLevel.Warning, "The timeline leaves out {Stamp}: too many documents wait to be written")]
    public static partial void TimelineLeftOut(ILogger log, DocumentStamp stamp);

    [LoggerMessage(1051, LogLevel.Error, "{Stamp} could not be written to the timeline: {Reason}")]
    public static partial void TimelineNotStored(ILogger log, DocumentStamp stamp, string reason);

    [LoggerMessage(1052, LogLevel.Information, "{Node} is to lead, by request of {Who}")]
    public static partial void TransferBegun(ILogger log, string node, string who);

    [LoggerMessage(1053, LogLevel.Information, "{Node} leads, as requested")]
    public static partial void TransferDone(ILogger log, string node);

    [LoggerMessage(1054, LogLevel.Warning, "{Node} does not lead although that was requested: {Reason}")]
    public static partial void TransferFailed(ILogger log, string node, string reason);

    [LoggerMessage(1055, LogLevel.Critical, "Forced recovery by request of {Who}: {Stamp} is adopted. Lost: {Losses}")]
    public static partial void Forced(ILogger log, string who, DocumentStamp stamp, string losses);
}
