using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Tests;

public sealed class JobRecipesTests
{
    private const string Text = """
        objective: cosine_distillation
        learning_rate: 0.001
        distillation: {teacher_model: teacher}
        data: {rows: 1000, longest: 200}
        smoke:
          max_steps: 20
          data: {rows: 64}
        """;

    [Fact]
    public void A_smoke_run_changes_what_it_names()
    {
        StageRecipe full = Parse(Text, smoke: false);
        StageRecipe smoke = Parse(Text, smoke: true);

        Assert.False(full.Job.HasMaxSteps);
        Assert.Equal(1000, full.Number("rows"));
        Assert.Equal(20, smoke.Job.MaxSteps);
        Assert.Equal(64, smoke.Number("rows"));
        Assert.Equal(200, smoke.Number("longest"));
        Assert.Equal(0.001, smoke.Job.LearningRate);
        Assert.Equal("teacher", smoke.Job.Distillation.TeacherModel);
    }

    [Theory]
    [InlineData("rows: 3", "rows: unknown key")]
    [InlineData("data: 3", "data: expected keys")]
    [InlineData("data: {rows: many}", "data.rows: expected an integer")]
    [InlineData("smoke: {max_steps: few}", "smoke.max_steps: 'few' is not an integer")]
    [InlineData("- a", "expected one YAML document")]
    [InlineData("a: [", "no valid YAML")]
    public void What_is_wrong_is_named(string text, string expected)
    {
        RecipeException error = Assert.Throws<RecipeException>(() => Parse(text, smoke: true));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("some.yaml", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("starter-embed", "distillation")]
    [InlineData("starter-embed", "contrastive")]
    public void The_stages_in_the_repository_take_twenty_steps_in_float32_as_a_smoke_run(string recipe, string stage)
    {
        StageRecipe smoke = JobRecipes.Read(recipe, stage, smoke: true);

        Assert.Equal(20, smoke.Job.MaxSteps);
        Assert.Equal("float32", smoke.Job.Dtype);
        Assert.False(JobRecipes.Read(recipe, stage, smoke: false).Job.HasMaxSteps);
        Assert.True(smoke.Data.Values.Sum() < JobRecipes.Read(recipe, stage, smoke: false).Data.Values.Sum());
    }

    [Fact]
    public void A_missing_number_is_named() =>
        Assert.Contains("data.rows", Assert.Throws<RecipeException>(() => Parse("objective: sft", smoke: false).Number("rows")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_stage_is_named() =>
        Assert.Contains("recipes/none/stage.yaml", Assert.Throws<RecipeException>(() => JobRecipes.Read("none", "stage", smoke: false)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_id_of_a_job_depends_on_recipe_and_data_but_not_on_the_ids_of_files_nor_on_threads()
    {
        StageRecipe stage = Parse(Text, smoke: false);
        string id = RequestId.Of("stage", stage.Job, ["a", "b"]);
        stage.Job.TrainingFiles.Add("file-1");
        stage.Job.Threads = 2;

        Assert.Equal(id, RequestId.Of("stage", stage.Job, ["a", "b"]));
        Assert.NotEqual(id, RequestId.Of("stage", stage.Job, ["ab"]));
        Assert.NotEqual(id, RequestId.Of("other", stage.Job, ["a", "b"]));
        stage.Job.LearningRate = 0.002;
        Assert.NotEqual(id, RequestId.Of("stage", stage.Job, ["a", "b"]));
    }

    private static StageRecipe Parse(string text, bool smoke) => JobRecipes.Parse(new StringReader(text), "some.yaml", "stage", smoke);
}
