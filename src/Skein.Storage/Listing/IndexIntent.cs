namespace Skein.Storage.Listing;

/// <summary>A noted change.</summary>
/// <param name="Generation">Life of the database in which it was noted; null when there was none.</param>
/// <param name="Which">Which log holds the note.</param>
internal readonly record struct IndexIntent(object? Generation, int Which);

/// <summary>A reader on loan.</summary>
/// <param name="Generation">Life of the database that it reads.</param>
/// <param name="Reader">The reader.</param>
internal readonly record struct IndexLease(object Generation, IndexReader Reader);
