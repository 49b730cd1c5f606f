using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi;

[Collection(GatewayCollection.Name)]
public sealed class FileTests(GatewayHost host)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_goes_up_in_chunks_and_comes_back(bool purposeFirst)
    {
        host.Calls.UploadedChunks.Clear();
        byte[] content = new byte[2_500_000];
        new Random(5).NextBytes(content);
        Answer uploaded = await UploadAsync(Form("학습.jsonl", "fine-tune", content, purposeFirst));

        Assert.True(uploaded.Status == HttpStatusCode.OK, uploaded.Text);
        string id = (string)uploaded.Json["id"]!;
        Assert.Equal(
            $$"""{"id":"{{id}}","object":"file","bytes":2500000,"created_at":{{uploaded.Json["created_at"]}},"filename":"학습.jsonl","purpose":"fine-tune","status":"processed"}""",
            uploaded.Text);
        Assert.All(host.Calls.UploadedChunks, size => Assert.InRange(size, 1, 1 << 20));
        Assert.True(host.Calls.UploadedChunks.Count > 1);

        Assert.Equal(uploaded.Text, (await host.GetAsync($"/v1/files/{id}")).Text);
        using HttpResponseMessage download = await host.Http.GetAsync($"/v1/files/{id}/content", TestContext.Current.CancellationToken);
        Assert.Equal(content, await download.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/octet-stream", download.Content.Headers.ContentType?.ToString());
        Assert.Equal("학습.jsonl", download.Content.Headers.ContentDisposition?.FileNameStar);
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        Answer uploaded = await UploadAsync(Form("empty.txt", "user_data", [], true));

        Assert.Equal(0, (int)uploaded.Json["bytes"]!);
        Assert.Equal("", (await host.GetAsync($"/v1/files/{uploaded.Json["id"]}/content")).Text);
    }

    [Fact]
    public async Task The_list_has_pages_and_an_order_and_a_filter()
    {
        FakeFiles.Clear();
        List<string> ids = [];
        for (int i = 0; i < 8; i++)
        {
            ids.Add((string)(await UploadAsync(Form($"{i}.txt", i % 2 == 0 ? "batch" : "evals", [1], true))).Json["id"]!);
        }

        string[] newestFirst = [.. ids.AsEnumerable().Reverse()];
        Assert.Equal(newestFirst, await ListAsync("", false));
        Assert.Equal(ids, await ListAsync("?order=asc", false));
        Assert.Equal(newestFirst[..5], await ListAsync("?limit=5", true));
        Assert.Equal(newestFirst[5..], await ListAsync($"?limit=5&after={newestFirst[4]}", false));
        Assert.Equal(ids[6..], await ListAsync($"?order=asc&after={ids[5]}", false));
        Assert.Equal([newestFirst[0], newestFirst[2], newestFirst[4], newestFirst[6]], await ListAsync("?purpose=evals", false));
        Assert.Empty(await ListAsync("?purpose=model", false));

        async Task<string[]> ListAsync(string query, bool hasMore)
        {
            Answer answer = await host.GetAsync($"/v1/files{query}");
            string[] found = [.. answer.Json["data"]!.AsArray().Select(file => (string)file!["id"]!)];
            Assert.Equal(hasMore, (bool)answer.Json["has_more"]!);
            Assert.Equal(found.FirstOrDefault(), (string?)answer.Json["first_id"]);
            Assert.Equal(found.LastOrDefault(), (string?)answer.Json["last_id"]);
            return found;
        }
    }

    [Fact]
    public async Task A_deleted_file_is_gone()
    {
        string id = (string)(await UploadAsync(Form("a.txt", "assistants", [1], true))).Json["id"]!;
        using HttpResponseMessage deleted = await host.Http.DeleteAsync($"/v1/files/{id}", TestContext.Current.CancellationToken);

        Assert.Equal($$"""{"id":"{{id}}","object":"file","deleted":true}""", (await Answer.ReadAsync(deleted)).Text);
        foreach (string path in new[] { $"/v1/files/{id}", $"/v1/files/{id}/content" })
        {
            Answer answer = await host.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.Status);
            Assert.Equal("file_not_found", answer.Code);
            Assert.Equal("id", answer.Param);
        }
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=10001", "limit")]
    [InlineData("?limit=many", "limit")]
    [InlineData("?order=up", "order")]
    [InlineData("?purpose=poems", "purpose")]
    [InlineData("?sort=up", "sort")]
    public async Task A_bad_query_is_refused_by_name(string query, string param)
    {
        Answer answer = await host.GetAsync($"/v1/files{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(param, answer.Param);
    }

    [Theory]
    [InlineData("purpose=model", "purpose", "invalid_value")]
    [InlineData("purpose=poems", "purpose", "invalid_value")]
    [InlineData("", "purpose", "missing_required_parameter")]
    [InlineData("purpose=batch&purpose=batch", "purpose", "duplicate_parameter")]
    [InlineData("purpose=batch&expires_after[anchor]=created_at", "expires_after[anchor]", "unknown_parameter")]
    public async Task A_bad_form_is_refused_by_name_and_leaves_nothing(string fields, string param, string code)
    {
        foreach (bool fileFirst in new[] { true, false })
        {
            int before = FakeFiles.Count;
            MultipartFormDataContent form = [];
            if (fileFirst)
            {
                form.Add(new ByteArrayContent(new byte[100]), "file", "a.txt");
            }

            foreach (string field in fields.Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                form.Add(new StringContent(field.Split('=')[1]), field.Split('=')[0]);
            }

            if (!fileFirst)
            {
                form.Add(new ByteArrayContent(new byte[100]), "file", "a.txt");
            }

            Answer answer = await UploadAsync(form);
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal(param, answer.Param);
            Assert.Equal(code, answer.Code);
            Assert.Equal(before, FakeFiles.Count);
        }
    }

    [Fact]
    public async Task A_field_after_the_file_that_is_wrong_cancels_the_upload()
    {
        while (host.Calls.Cancelled.Wait(0, TestContext.Current.CancellationToken))
        {
            // Permits of other tests.
        }

        int before = FakeFiles.Count;
        MultipartFormDataContent form = Form("a.txt", "batch", new byte[600_000], true);
        form.Add(new StringContent("x"), "surprise");
        Answer answer = await UploadAsync(form);

        Assert.Equal("surprise", answer.Param);
        Assert.True(await host.Calls.Cancelled.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.Equal(before, FakeFiles.Count);
    }

    [Fact]
    public async Task A_form_without_a_file_or_a_filename_is_refused()
    {
        MultipartFormDataContent form = [];
        form.Add(new StringContent("batch"), "purpose");
        Assert.Equal(("file", "missing_required_parameter"), Told(await UploadAsync(form)));

        form = [];
        form.Add(new StringContent("batch"), "purpose");
        form.Add(new ByteArrayContent([1]), "file");
        Assert.Equal(("file", "invalid_value"), Told(await UploadAsync(form)));

        static (string?, string?) Told(Answer answer) => (answer.Param, answer.Code);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\ncut off", HttpStatusCode.BadRequest, "invalid_multipart")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\n\r\nnameless\r\n--b--", HttpStatusCode.BadRequest, "invalid_multipart")]
    [InlineData("multipart/form-data", "x", HttpStatusCode.BadRequest, "invalid_multipart")]
    [InlineData("application/json", "{}", HttpStatusCode.UnsupportedMediaType, "unsupported_content_type")]
    public async Task A_broken_form_is_refused(string contentType, string body, HttpStatusCode status, string code)
    {
        int before = FakeFiles.Count;
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using HttpResponseMessage response = await host.Http.PostAsync("/v1/files", content, TestContext.Current.CancellationToken);

        Answer answer = await Answer.ReadAsync(response);
        Assert.Equal(status, answer.Status);
        Assert.Equal(code, answer.Code);
        Assert.Equal(before, FakeFiles.Count);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused()
    {
        Answer answer = await UploadAsync(Form("big.bin", "batch", new byte[5 << 20], true));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("request_too_large", answer.Code);
    }

    [Fact]
    public async Task A_service_that_refuses_the_file_midway_is_heard()
    {
        foreach (int size in new[] { 3 << 20, 10 })
        {
            // Where in the file the refusal arrives is a matter of timing; when the end of the call overtakes a write,
            // the HTTP/2 client loses the answer, and the caller is told to try again.
            int heard = 0;
            for (int i = 0; i < 5; i++)
            {
                Answer answer = await UploadAsync(Form("refused.bin", "batch", new byte[size], true));
                Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.ServiceUnavailable, answer.Text);
                heard += answer.Status == HttpStatusCode.BadRequest ? 1 : 0;
                Assert.Equal(answer.Status == HttpStatusCode.BadRequest ? "filename" : null, answer.Param);
                Assert.Equal(answer.Status == HttpStatusCode.BadRequest ? null : "1", answer.Headers.GetValueOrDefault("retry-after"));
            }

            Assert.True(heard > 0);
        }
    }

    private static MultipartFormDataContent Form(string filename, string purpose, byte[] content, bool purposeFirst)
    {
        MultipartFormDataContent form = [];
        if (purposeFirst)
        {
            form.Add(new StringContent(purpose), "purpose");
        }

        form.Add(new ByteArrayContent(content), "file", filename);
        if (!purposeFirst)
        {
            form.Add(new StringContent(purpose), "purpose");
        }

        return form;
    }

    private async Task<Answer> UploadAsync(MultipartFormDataContent form)
    {
        using (form)
        {
            using HttpResponseMessage response = await host.Http.PostAsync("/v1/files", form, TestContext.Current.CancellationToken);
            return await Answer.ReadAsync(response);
        }
    }
}
