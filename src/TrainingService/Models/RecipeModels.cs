using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.TrainingService.Recipes;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.TrainingService.Models;

/// <summary>The versions that a recipe means now.</summary>
/// <param name="Base">Null: it was not found, which is noted.</param>
/// <param name="Teacher">Null: the recipe has none, or it was not found.</param>
internal sealed record PinnedModels(ModelVersion? Base, ModelVersion? Teacher);

/// <summary>Finds the models of a recipe, as the caller.</summary>
internal sealed class RecipeModels(ModelsClient models)
{
    public static string Reference(ModelVersion version) => $"{version.Name}@{version.Version}";

    /// <summary>Pins the models; what is wrong with them is noted.</summary>
    public async Task<PinnedModels> ResolveAsync(Recipe recipe, FieldValidation validation, CancellationToken cancellationToken)
    {
        const string BaseField = "recipe.base_model";
        const string TeacherField = "recipe.distillation.teacher_model";
        bool decoder = RecipeValidation.OfDecoders.Contains(recipe.Objective);
        ModelVersion? found = await FindAsync(BaseField, recipe.BaseModel, validation, cancellationToken);
        if (found is not null)
        {
            validation.Require(
                BaseField,
                recipe.BaseModel,
                (found.Task == ModelTask.TextGeneration) == decoder && found.Task != ModelTask.Unspecified,
                decoder ? $"a model for text generation, as objective {recipe.Objective} needs" : $"a model for embeddings, as objective {recipe.Objective} needs");
        }

        ModelVersion? teacher = recipe.Distillation is null ? null : await FindAsync(TeacherField, recipe.Distillation.TeacherModel, validation, cancellationToken);
        if (teacher is not null)
        {
            validation.Require(TeacherField, recipe.Distillation!.TeacherModel, teacher.Task is ModelTask.SentenceSimilarity or ModelTask.FeatureExtraction, "a model for embeddings");
        }

        return new PinnedModels(found, teacher);
    }

    private async Task<ModelVersion?> FindAsync(string field, string model, FieldValidation validation, CancellationToken cancellationToken)
    {
        try
        {
            return await models.GetAsync(new GetModelRequest { Model = model }, cancellationToken: cancellationToken);
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument)
        {
            validation.Require(field, model, false, "a model that the registry has");
            return null;
        }
    }
}
