using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Messages;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Messaging;
using LlmPlatform.TrainingService.Models;
using LlmPlatform.TrainingService.Recipes;
using LlmPlatform.TrainingService.Rows;

namespace LlmPlatform.TrainingService.Jobs;

/// <summary>Makes jobs: all of a request is looked at, models are pinned and held, then there is a row.</summary>
internal sealed class CreateJobHandler(JobStore store, RecipeModels models, DataFiles files, VersionHolds holds, IMessagePublisher publisher)
{
    private const int MaxName = 64;
    private const int MaxRequestId = 128;
    private const int MaxMetadata = 16;
    private const int MaxMetadataKey = 64;
    private const int MaxMetadataValue = 512;

    public async Task<Job> CreateAsync(CreateJobRequest request, ServerCallContext context)
    {
        string tenant = context.GetWritingTenant();
        FieldValidation validation = new FieldValidation()
            .Require("request_id", request.RequestId, request.RequestId.Length <= MaxRequestId, $"at most {MaxRequestId} characters")
            .Require("name", request.Name, request.Name.Length <= MaxName, $"at most {MaxName} characters")
            .Require("metadata", request.Metadata.Count, request.Metadata.Count <= MaxMetadata, $"at most {MaxMetadata} entries")
            .RequireHidden("metadata", request.Metadata.Keys.All(key => key.Length is > 0 and <= MaxMetadataKey), $"names of 1 to {MaxMetadataKey} characters")
            .RequireHidden("metadata", request.Metadata.Values.All(value => value.Length <= MaxMetadataValue), $"values of at most {MaxMetadataValue} characters")
            .RequireRecipe(request.Recipe);
        validation.ThrowIfInvalid();
        string? requestId = request.RequestId.Length > 0 ? request.RequestId : null;
        if (requestId is not null && await store.FindByRequestAsync(tenant, requestId, context.CancellationToken) is { } earlier)
        {
            return earlier.Describe();
        }

        string id = RowIds.New("ftjob");
        PinnedModels pinned = await models.ResolveAsync(request.Recipe, validation, context.CancellationToken);
        await files.RequireAsync("recipe.training_files", request.Recipe.TrainingFiles, validation, context.CancellationToken);
        await files.RequireAsync("recipe.validation_files", request.Recipe.ValidationFiles, validation, context.CancellationToken);
        validation.ThrowIfInvalid();

        Recipe recipe = RecipeDefaults.Fill(request.Recipe, pinned.Base!.Name, pinned.Base.MaxPositionEmbeddings, id);
        if (pinned.Teacher is { } teacher)
        {
            recipe.Distillation.TeacherModel = RecipeModels.Reference(teacher);
        }

        string baseVersion = RecipeModels.Reference(pinned.Base);
        await holds.HoldAsync(tenant, id, baseVersion, pinned.Teacher is null ? null : recipe.Distillation.TeacherModel, context.CancellationToken);
        JobRow row = await store.AddAsync(
            new JobRow
            {
                Id = id,
                Tenant = tenant,
                RequestId = requestId,
                Name = request.Name,
                Metadata = Json.Write(request.Metadata),
                Recipe = WorkerRecipe.Write(recipe),
                BaseVersion = baseVersion,
                MaxSteps = recipe.MaxSteps,
                CreatedAt = store.Now,
                QueuedAt = store.Now,
                Traceparent = Activity.Current?.Id,
            },
            context.CancellationToken);
        if (row.Id != id)
        {
            await holds.ReleaseAsync(tenant, id, CancellationToken.None);
        }

        publisher.Publish(new TrainingJobQueued(row.Id));
        return row.Describe();
    }
}
