using System.Linq.Expressions;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.RetrievalService.Documents;

/// <summary>
/// Who may read a document: everybody of its tenant (of every tenant, for the platform's), or members of the groups that
/// it names, or administrators of its tenant. What one may not read is not there.
/// </summary>
internal static class DocumentAccess
{
    public const string Everybody = "[]";

    /// <summary>The groups that matter for a reader of a tenant's documents; null: none do, it reads all.</summary>
    public static IReadOnlyList<string>? GroupsOf(CallerIdentity caller, string tenant) =>
        caller.Tenant == tenant && caller.IsInRole(Roles.Admin) ? null : caller.Groups;

    public static bool CanRead(CallerIdentity caller, DocumentRow row) => CanRead(caller, row.Tenant, row.AllowedGroups);

    /// <param name="caller">Who wants to read.</param>
    /// <param name="tenant">The document's.</param>
    /// <param name="allowedGroups">The document's: a JSON array of strings.</param>
    public static bool CanRead(CallerIdentity caller, string tenant, string allowedGroups)
    {
        if (tenant != caller.Tenant && tenant != Tenants.Platform)
        {
            return false;
        }

        return allowedGroups == Everybody
            || GroupsOf(caller, tenant) is not { } groups
            || Json.ReadList(allowedGroups).Any(groups.Contains);
    }

    /// <summary>The same rule for the database.</summary>
    public static IQueryable<DocumentRow> ReadableBy(this IQueryable<DocumentRow> rows, CallerIdentity caller, string tenant)
    {
        if (GroupsOf(caller, tenant) is not { } groups)
        {
            return rows;
        }

        Expression<Func<DocumentRow, bool>> readable = row => row.AllowedGroups == Everybody;
        foreach (string group in groups)
        {
            // Quotes within a name are escaped, so a name with its quotes is found nowhere but as a whole.
            string written = Json.Write([group])[1..^1];
            Expression<Func<DocumentRow, bool>> member = row => row.AllowedGroups.Contains(written);
            readable = Expression.Lambda<Func<DocumentRow, bool>>(
                Expression.OrElse(readable.Body, new Replace(member.Parameters[0], readable.Parameters[0]).Visit(member.Body)), readable.Parameters);
        }

        return rows.Where(readable);
    }

    private sealed class Replace(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}
