using System.CommandLine;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub.Adapters;

namespace LlmPlatform.Cli.Commands;

/// <summary><c>llm models list|add|promote|merge|delete</c>.</summary>
internal static class ModelsCommand
{
    private const int ShownVersion = 12;

    private static readonly Argument<string> Path = new("path") { Description = "A model's folder in Hugging Face's layout, or an adapter's in PEFT's." };
    private static readonly Argument<string> Name = new("name") { Description = "The model's name." };
    private static readonly Argument<string> Version = new("version") { Description = "The version's content hash." };
    private static readonly Option<string?> NewName = new("--name") { Description = "Name to register it by. Default: the folder's name." };
    private static readonly Option<string?> BaseModel = new("--base")
    {
        Description = "The model that it was trained from: name, name@version or name@alias. An adapter needs one, which must be in the registry.",
    };
    private static readonly Option<bool> AllVersions = new("--all-versions") { Description = "Every version, not only the default ones." };
    private static readonly Option<string> Alias = new("--alias") { Description = "Alias to move.", DefaultValueFactory = _ => "default" };
    private static readonly Option<string?> OnlyVersion = new("--version-hash") { Description = "Delete this version only." };

    private static readonly Argument<string> Adapter = new("adapter") { Description = "An adapter: a model's name, name@version or name@alias." };
    private static readonly Option<string?> MergedName = new("--name") { Description = "Model that gets the merged version. Default: the adapter's own name." };
    private static readonly Option<string> Dtype = new("--dtype") { Description = "float32, bfloat16 or float16.", DefaultValueFactory = _ => "bfloat16" };
    private static readonly Option<string[]> Aliases = new("--alias") { Description = "Alias to point at the merged version; may be repeated." };

    public static Command Create()
    {
        Command list = new("list", "Show the models.") { AllVersions };
        list.SetPlatformAction(ListAsync);
        Command add = new("add", "Upload the folder of a model or an adapter and register it.") { Path, NewName, BaseModel };
        add.SetPlatformAction(AddAsync);
        Command promote = new("promote", "Point an alias at a version.") { Name, Version, Alias };
        promote.SetPlatformAction(PromoteAsync);
        Command merge = new("merge", "Make a full model of an adapter and its base.") { Adapter, MergedName, Dtype, Aliases };
        merge.SetPlatformAction(MergeAsync);
        Command delete = new("delete", "Delete a model or one of its versions.") { Name, OnlyVersion };
        delete.SetPlatformAction(DeleteAsync);
        return new Command("models", "Look after models.") { list, add, promote, merge, delete };
    }

    private static async Task ListAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        Models.ModelsClient client = new(connection.Invoker);
        List<ModelVersion> models = [];
        string page = "";
        do
        {
            ListModelsResponse response = await client.ListAsync(
                new ListModelsRequest { AllVersions = parsed.GetValue(AllVersions), PageToken = page }, cancellationToken: cancellation);
            models.AddRange(response.Models);
            page = response.NextPageToken;
        }
        while (page.Length > 0);

        if (output.IsJson)
        {
            output.Json(new JsonArray([.. models.Select(model => (JsonNode)Describe(model))]));
            return;
        }

        output.Table(
            ["name", "version", "task", "type", "MB", "tenant", "aliases"],
            models.Select(model => new[]
            {
                model.Name, model.Version[..Math.Min(ShownVersion, model.Version.Length)], TaskName(model.Task), model.ModelType,
                $"{model.Size / 1e6:F1}", model.Tenant, string.Join(", ", model.Aliases),
            }));
    }

    private static async Task AddAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        string path = parsed.GetValue(Path)!;
        if (!Directory.Exists(path))
        {
            throw new CommandException($"path: '{path}' is not a folder; expected a model in Hugging Face's layout");
        }

        string name = parsed.GetValue(NewName) ?? new DirectoryInfo(path).Name;
        Lineage lineage = new() { Base = await BaseAsync(connection, path, parsed.GetValue(BaseModel), cancellation) };
        Report(output, await ModelUpload.RegisterAsync(connection, output, path, name, lineage, cancellation), "registered");
    }

    // By its hash: an alias can move, and an adapter is of use over these weights only.
    private static async Task<string> BaseAsync(PlatformConnection connection, string path, string? name, CancellationToken cancellation)
    {
        if (name is not null)
        {
            ModelVersion version = await new Models.ModelsClient(connection.Invoker).GetAsync(new GetModelRequest { Model = name }, cancellationToken: cancellation);
            return $"{version.Name}@{version.Version}";
        }

        return LoraAdapter.IsAdapter(path)
            ? throw new CommandException($"--base: '{path}' holds an adapter; expected the model that it was trained on, as the registry names it")
            : "";
    }

    private static async Task PromoteAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        ModelVersion version = await new Models.ModelsClient(connection.Invoker).PromoteAsync(
            new PromoteRequest { Name = parsed.GetValue(Name), Alias = parsed.GetValue(Alias), Version = parsed.GetValue(Version) },
            cancellationToken: cancellation);
        Report(output, version, "promoted");
    }

    private static async Task MergeAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        MergeModelRequest request = new()
        {
            Model = parsed.GetValue(Adapter),
            Name = parsed.GetValue(MergedName) ?? "",
            Dtype = parsed.GetValue(Dtype),
            Aliases = { parsed.GetValue(Aliases) ?? [] },
            RequestId = Guid.NewGuid().ToString("N"),
        };
        Report(output, await new Models.ModelsClient(connection.Invoker).MergeAsync(request, cancellationToken: cancellation), "merged");
    }

    private static async Task DeleteAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        string name = parsed.GetValue(Name)!;
        string version = parsed.GetValue(OnlyVersion) ?? "";
        await new Models.ModelsClient(connection.Invoker).DeleteAsync(new DeleteModelRequest { Name = name, Version = version }, cancellationToken: cancellation);
        if (output.IsJson)
        {
            output.Json(new JsonObject { ["name"] = name, ["version"] = version, ["deleted"] = true });
        }
        else
        {
            output.Line($"deleted {name}{(version.Length > 0 ? "@" + version : "")}");
        }
    }

    /// <summary>Says what became of a version.</summary>
    public static void Report(CommandOutput output, ModelVersion version, string what)
    {
        if (output.IsJson)
        {
            output.Json(Describe(version));
        }
        else
        {
            output.Line($"{what} {version.Name}@{version.Version[..Math.Min(ShownVersion, version.Version.Length)]} ({TaskName(version.Task)})");
        }
    }

    private static string TaskName(ModelTask task) => task switch
    {
        ModelTask.TextGeneration => "text-generation",
        ModelTask.SentenceSimilarity => "sentence-similarity",
        ModelTask.FeatureExtraction => "feature-extraction",
        _ => "",
    };

    private static JsonObject Describe(ModelVersion model) => new()
    {
        ["name"] = model.Name,
        ["version"] = model.Version,
        ["tenant"] = model.Tenant,
        ["task"] = TaskName(model.Task),
        ["model_type"] = model.ModelType,
        ["size"] = model.Size,
        ["base"] = model.Lineage?.Base is { Length: > 0 } trainedFrom ? trainedFrom : null,
        ["aliases"] = new JsonArray([.. model.Aliases.Select(alias => JsonValue.Create(alias))]),
        ["created_at"] = model.CreatedAt?.ToDateTime(),
        ["files"] = new JsonArray([.. model.Files.Select(file => (JsonNode)new JsonObject { ["path"] = file.Path, ["size"] = file.Size, ["sha256"] = file.Sha256 })]),
    };
}
