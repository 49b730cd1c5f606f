using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Tests.Support;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Ingest;

/// <summary>With the reading process, the chunker and the embedded index in their places.</summary>
public sealed class RealPartsTests
{
    [Fact]
    public async Task A_markdown_file_is_found_below_its_heading_and_after_a_start_too()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync(realParts: true);
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        string text = "# Garden\n\n## Apples\n\nApples ripen in autumn. Pick them on a dry day.\n\n## 배\n\n배는 가을에 익는다. 맑은 날에 딴다.\n";

        Document document = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add(text, "garden.md")));

        Assert.Equal(("", DocumentStatus.Completed, "text/markdown"), (document.LastError?.Message ?? "", document.Status, document.MediaType));
        await AssertFoundAsync(client);
        Document damaged = await client.SettledAsync(await client.IngestAsync(collection.Id, host.Backends.Files.Add("%PDF-1.7 and nothing more", "x.pdf")));
        Assert.Equal(DocumentStatus.Failed, damaged.Status);
        Assert.NotEqual("internal", damaged.LastError.Code);

        await host.StopServiceAsync();
        await host.StartServiceAsync();
        await AssertFoundAsync(host.As("acme"));
        Assert.Equal(1, (await host.As("acme").GetAsync(document)).Revision);

        async Task AssertFoundAsync(RetrievalClient reader)
        {
            string whole = await reader.TextAsync(document);
            foreach (string query in (string[])["when do apples ripen", "배는 언제 익나요"])
            {
                Passage passage = (await reader.SearchAsync(new SearchRequest { CollectionId = collection.Id, Query = query })).Results[0].Passage;
                Assert.Equal(whole[(int)passage.Start..(int)passage.End], passage.Text);
                Assert.Contains("Garden", passage.Headings);
            }
        }
    }
}
