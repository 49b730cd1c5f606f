using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Tests.Support;
using LlmPlatform.ServiceDefaults.Identity;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Searching;

/// <summary>Random readers, groups and filters against the rule written down once more: exactly what one may read is found.</summary>
public sealed class RandomAccessTests
{
    private const int Documents = 30;
    private const int Cases = 400;

    private static readonly string[] Groups = ["a", "b", "c", "d"];

    [Fact]
    public async Task Exactly_what_a_reader_may_read_and_the_filter_lets_through_is_found()
    {
        Random random = new(20260417);
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        Dictionary<string, (Collection Collection, List<Document> Documents)> tenants = [];
        foreach (string tenant in (string[])["acme", "rival"])
        {
            RetrievalClient owner = host.As(new CallerIdentity { Tenant = tenant, Roles = [Roles.User, Roles.Admin] });
            Collection collection = await owner.CreateAsync();
            List<Document> documents = [];
            for (int i = 0; i < Documents; i++)
            {
                documents.Add(await owner.IngestAsync(collection.Id, host.Backends.Files.Add($"apple {tenant} {i}"), request =>
                {
                    request.AllowedGroups.Add(Groups.Where(_ => random.Next(3) == 0));
                    request.Attributes["n"] = new AttributeValue { NumberValue = random.Next(5) };
                    if (random.Next(2) == 0)
                    {
                        request.Attributes["flag"] = new AttributeValue { BoolValue = random.Next(2) == 0 };
                    }
                }));
            }

            foreach (Document document in documents)
            {
                Assert.Equal(DocumentStatus.Completed, (await owner.SettledAsync(document)).Status);
            }

            tenants[tenant] = (collection, documents);
        }

        for (int i = 0; i < Cases; i++)
        {
            string tenant = random.Next(2) == 0 ? "acme" : "rival";
            bool admin = random.Next(8) == 0;
            string[] groups = [.. Groups.Where(_ => random.Next(3) == 0)];
            RetrievalClient reader = host.As(new CallerIdentity { Tenant = tenant, Roles = admin ? [Roles.User, Roles.Admin] : [Roles.User], Groups = groups });
            (Filter? filter, Func<Document, bool> passes) = RandomFilter(random);
            SearchRequest request = new() { CollectionId = tenants[tenant].Collection.Id, Query = "apple", Limit = 50, Filter = filter };
            request.Mode = (SearchMode)random.Next(1, 4);

            IEnumerable<string> found = (await reader.SearchAsync(request)).Results.Select(result => result.Passage.DocumentId).Order(StringComparer.Ordinal);

            IEnumerable<string> expected = tenants[tenant].Documents
                .Where(document => admin || document.AllowedGroups.Count == 0 || document.AllowedGroups.Intersect(groups).Any())
                .Where(passes)
                .Select(document => document.Id).Order(StringComparer.Ordinal);
            Assert.Equal(expected, found);
        }
    }

    private static (Filter? Filter, Func<Document, bool> Passes) RandomFilter(Random random)
    {
        double n = random.Next(5);
        AttributeValue number = new() { NumberValue = n };
        return random.Next(6) switch
        {
            0 => (new Filter { Equals_ = new CompareFilter { Key = "n", Value = number } }, document => document.Attributes["n"].NumberValue == n),
            1 => (new Filter { Range = new RangeFilter { Key = "n", Gte = number } }, document => document.Attributes["n"].NumberValue >= n),
            2 => (new Filter { Exists = "flag" }, document => document.Attributes.ContainsKey("flag")),
            3 => (new Filter { Not = new Filter { Exists = "flag" } }, document => !document.Attributes.ContainsKey("flag")),
            4 => (
                new Filter
                {
                    Or = new CompoundFilter
                    {
                        Filters = { new Filter { In = new InFilter { Key = "n", Values = { number } } }, new Filter { Exists = "flag" } },
                    },
                },
                document => document.Attributes["n"].NumberValue == n || document.Attributes.ContainsKey("flag")),
            _ => (null, _ => true),
        };
    }
}
