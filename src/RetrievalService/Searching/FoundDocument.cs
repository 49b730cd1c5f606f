using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Documents;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Searching;

/// <summary>What a search needs of a document's row: who may read it, which revision counts, and what is told of it.</summary>
internal sealed record FoundDocument
{
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string CollectionId { get; init; }

    public required long IndexedRevision { get; init; }

    /// <summary>See <see cref="AttributeJson"/>.</summary>
    public required string Attributes { get; init; }

    /// <summary>A JSON array of strings.</summary>
    public required string AllowedGroups { get; init; }

    public required string FileId { get; init; }

    public required string Filename { get; init; }

    public required string Title { get; init; }

    /// <summary>
    /// The documents of these ids, of whichever collection. Nothing but the ids is asked for, and as one parameter: with a
    /// condition on the collection SQLite reads all of that collection's rows, and with a parameter an id the statement is
    /// made anew for every number of them. Both took longer than the rest of a search.
    /// </summary>
    public static IQueryable<FoundDocument> Of(RetrievalDbContext context, IReadOnlyList<string> ids) => context.Documents.AsNoTracking()
        .Where(row => EF.Parameter(ids).Contains(row.Id))
        .Select(row => new FoundDocument
        {
            Id = row.Id,
            Tenant = row.Tenant,
            CollectionId = row.CollectionId,
            IndexedRevision = row.IndexedRevision,
            Attributes = row.Attributes,
            AllowedGroups = row.AllowedGroups,
            FileId = row.FileId,
            Filename = row.Filename,
            Title = row.Title,
        });

    /// <summary>See <see cref="DocumentAccess"/>.</summary>
    public bool CanBeReadBy(CallerIdentity caller) => DocumentAccess.CanRead(caller, Tenant, AllowedGroups);
}
