namespace Skein.Storage.Listing;

/// <summary>What an index is worth when it is opened.</summary>
internal enum IndexCondition
{
    /// <summary>Closed in order: complete.</summary>
    Clean,

    /// <summary>The process was killed in this boot: complete but for the changes in the logs of begun changes.</summary>
    Killed,

    /// <summary>Missing, foreign, damaged, unfinished, or the machine lost power: must be rebuilt from the files.</summary>
    Lost,
}
