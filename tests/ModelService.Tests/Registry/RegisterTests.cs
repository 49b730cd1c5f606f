using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub.Versions;
using LlmPlatform.ModelService.Tests.Support;
using ModelVersion = LlmPlatform.Contracts.Models.V1.ModelVersion;

namespace LlmPlatform.ModelService.Tests.Registry;

public sealed class RegisterTests : RegistryFixture
{
    [Fact]
    public async Task A_folder_becomes_a_version_by_its_content()
    {
        string folder = await DecoderAsync();
        ModelVersion version = await A.RegisterFolderAsync(folder, "tiny");
        Assert.Equal((await ContentHash.ComputeAsync(folder, TestContext.Current.CancellationToken)).Hash, version.Version);
        Assert.Equal(("tiny", "a", "llama", ModelTask.TextGeneration), (version.Name, version.Tenant, version.ModelType, version.Task));
        Assert.Equal((true, true, 128), (version.HasTokenizer, version.HasChatTemplate, version.MaxPositionEmbeddings));
        Assert.Equal(["default"], version.Aliases);
        Assert.Equal(version.Files.Sum(file => file.Size), version.Size);

        foreach (string reference in new[] { "tiny", "tiny@default", $"tiny@{version.Version}", $"tiny@{version.Version[..8]}" })
        {
            Assert.Equal(version, await A.Models.GetAsync(new GetModelRequest { Model = reference }));
        }

        Dictionary<string, byte[]> files = await A.DownloadModelAsync("tiny");
        Assert.Equal(version.Files.Select(file => file.Path), files.Keys);
        Assert.All(files, file => Assert.Equal(System.IO.File.ReadAllBytes(Path.Combine(folder, file.Key)), file.Value));
        Assert.Equal(["config.json"], (await A.DownloadModelAsync("tiny", "config.json")).Keys);
        await Refusal.NotFoundAsync(() => A.DownloadModelAsync("tiny", "nothing.json"));
    }

    [Fact]
    public async Task An_encoder_is_one()
    {
        ModelVersion version = await A.RegisterFolderAsync(await EncoderAsync(), "encoder");
        Assert.Equal(("bert", ModelTask.SentenceSimilarity, false), (version.ModelType, version.Task, version.HasChatTemplate));
    }

    [Fact]
    public async Task The_same_files_are_the_same_version_and_only_the_first_version_becomes_the_default()
    {
        string folder = await DecoderAsync();
        ModelVersion first = await A.RegisterFolderAsync(folder, "tiny");
        ModelVersion again = await A.RegisterFolderAsync(folder, "tiny", null, "stable");
        Assert.Equal((first.Version, first.CreatedAt), (again.Version, again.CreatedAt));
        Assert.Equal(["default", "stable"], again.Aliases);

        ModelVersion second = await A.RegisterFolderAsync(await DecoderAsync(2), "tiny");
        Assert.NotEqual(first.Version, second.Version);
        Assert.Empty(second.Aliases);
        Assert.Equal(first.Version, (await A.Models.GetAsync(new GetModelRequest { Model = "tiny" })).Version);
        Assert.Equal(2, (await A.Models.ListAsync(new ListModelsRequest { AllVersions = true })).Models.Count);
        Assert.Single((await A.Models.ListAsync(new ListModelsRequest())).Models);
    }

    [Fact]
    public async Task Lineage_is_kept_and_its_base_must_exist()
    {
        ModelVersion parent = await A.RegisterFolderAsync(await DecoderAsync(), "parent");
        RegisterModelRequest request = await A.UploadFolderAsync(await DecoderAsync(2), "child");
        request.Lineage = new Lineage
        {
            Base = "parent@default",
            Source = "org/repo@main",
            DataHash = "d",
            RecipeHash = "r",
            JobId = "job-1",
            Metrics = { ["eval_loss"] = 1.25 },
        };
        ModelVersion child = await A.Models.RegisterAsync(request);
        Assert.Equal($"parent@{parent.Version}", child.Lineage.Base);
        request.Lineage.Base = child.Lineage.Base;
        Assert.Equal(request.Lineage, child.Lineage);

        RegisterModelRequest orphan = await A.UploadFolderAsync(await DecoderAsync(3), "orphan");
        orphan.Lineage = new Lineage { Base = "nobody@default" };
        await Refusal.OfFieldAsync("lineage.base", async () => await A.Models.RegisterAsync(orphan));
        RegisterModelRequest foreign = await B.UploadFolderAsync(await DecoderAsync(3), "foreign");
        foreign.Lineage = new Lineage { Base = "parent" };
        await Refusal.OfFieldAsync("lineage.base", async () => await B.Models.RegisterAsync(foreign));
    }

    [Fact]
    public async Task A_retry_with_the_same_request_id_is_the_same_version()
    {
        RegisterModelRequest request = await A.UploadFolderAsync(await DecoderAsync(), "tiny");
        request.RequestId = "once";
        ModelVersion first = await A.Models.RegisterAsync(request);

        // A retry whose files are gone already is still a retry.
        await A.Files.DeleteAsync(new DeleteFileRequest { Id = request.Files[0].FileId });
        Assert.Equal(first, await A.Models.RegisterAsync(request));

        RegisterModelRequest other = await A.UploadFolderAsync(await DecoderAsync(2), "tiny");
        other.RequestId = "twice";
        ModelVersion[] versions = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => await A.Models.RegisterAsync(other)));
        Assert.Single(versions.Select(version => version.Version).Distinct());
        Assert.Equal(2, (await A.Models.ListAsync(new ListModelsRequest { AllVersions = true })).Models.Count);
    }

    [Fact]
    public async Task A_foreign_file_is_as_missing_as_any_other()
    {
        RegisterModelRequest request = await A.UploadFolderAsync(await DecoderAsync(), "tiny");
        RpcException foreign = await Refusal.WithAsync(StatusCode.NotFound, async () => await B.Models.RegisterAsync(request));
        string id = request.Files[0].FileId;
        await A.Files.DeleteAsync(new DeleteFileRequest { Id = id });
        RpcException missing = await Refusal.WithAsync(StatusCode.NotFound, async () => await A.Models.RegisterAsync(request));
        Assert.Equal(missing.Status.Detail, foreign.Status.Detail);
    }

    [Theory]
    [InlineData("name", "a/b")]
    [InlineData("name", "")]
    [InlineData("name", "../x")]
    [InlineData("files[0].path", "../config.json")]
    [InlineData("files[0].path", "/etc/passwd")]
    [InlineData("files[0].path", "a\\b")]
    [InlineData("files[0].path", "NUL.txt")]
    [InlineData("files[0].path", "pytorch_model.bin")]
    [InlineData("files[1].path", "Config.json")]
    [InlineData("files[0].file_id", "")]
    [InlineData("files", "none")]
    [InlineData("aliases[0]", "white space")]
    [InlineData("aliases[0]", "0123456789abcdef")]
    [InlineData("lineage.base", "@@")]
    public async Task A_wrong_request_is_refused_by_field(string field, string value)
    {
        RegisterModelRequest request = await A.UploadFolderAsync(await DecoderAsync(), "tiny");
        switch (field)
        {
            case "name":
                request.Name = value;
                break;
            case "files":
                request.Files.Clear();
                break;
            case "files[0].path":
                request.Files[0].Path = value;
                break;
            case "files[1].path":
                request.Files[0].Path = "config.json";
                request.Files[1].Path = value;
                break;
            case "files[0].file_id":
                request.Files[0].FileId = value;
                break;
            case "aliases[0]":
                request.Aliases.Add(value);
                break;
            case "lineage.base":
                request.Lineage = new Lineage { Base = value };
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(field));
        }

        await Refusal.OfFieldAsync(field, async () => await A.Models.RegisterAsync(request));
        Assert.Empty((await A.Models.ListAsync(new ListModelsRequest())).Models);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("x@")]
    [InlineData("x@y@z")]
    public async Task A_reference_that_is_none_is_refused_by_field(string reference)
    {
        await Refusal.OfFieldAsync("model", async () => await A.Models.GetAsync(new GetModelRequest { Model = reference }));
        await Refusal.OfFieldAsync("model", () => A.DownloadModelAsync(reference));
    }

    [Fact]
    public async Task Nothing_is_left_in_the_folder_where_models_are_checked()
    {
        await A.RegisterFolderAsync(await DecoderAsync(), "tiny");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Host.BlobsFolder, "..", "checking")));
    }
}
