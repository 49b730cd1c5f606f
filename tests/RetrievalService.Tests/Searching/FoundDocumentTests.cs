using System.Data.Common;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Searching;
using LlmPlatform.RetrievalService.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Tests.Searching;

/// <summary>How a search reads the rows of the documents that it found.</summary>
public sealed class FoundDocumentTests
{
    private const int PlanDetail = 3;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_are_looked_up_by_their_ids_and_no_others_are_read()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        await using RetrievalDbContext context = host.Database();
        await context.Database.OpenConnectionAsync(Ct);

        await using DbCommand command = FoundDocument.Of(context, ["doc-1", "doc-2"]).CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        List<string> plan = [];
        await using DbDataReader reader = await command.ExecuteReaderAsync(Ct);
        while (await reader.ReadAsync(Ct))
        {
            plan.Add(reader.GetString(PlanDetail));
        }

        Assert.Contains(plan, step => step.StartsWith("SEARCH", StringComparison.Ordinal) && step.Contains("(id=?)", StringComparison.Ordinal));
    }
}
