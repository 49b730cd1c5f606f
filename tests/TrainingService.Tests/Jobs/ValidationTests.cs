using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.TrainingService.Tests.Support;

namespace LlmPlatform.TrainingService.Tests.Jobs;

/// <summary>What a request to make a job must look like, and what is filled in.</summary>
public sealed class ValidationTests : IAsyncLifetime
{
    private TrainingHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await TrainingHost.StartAsync();
        _host.Backends.Models.Add("encoder", "aaaaaaaaaaaaaaaa", ModelTask.SentenceSimilarity);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Each_wrong_field_is_named()
    {
        (string Field, Action<Recipe> Spoil)[] cases =
        [
            ("recipe.objective", recipe => recipe.Objective = "grpo"),
            ("recipe.base_model", recipe => recipe.BaseModel = ""),
            ("recipe.base_model", recipe => recipe.BaseModel = "unknown"),
            ("recipe.base_model", recipe => recipe.BaseModel = "encoder"),
            ("recipe.training_files", recipe => recipe.TrainingFiles.Clear()),
            ("recipe.training_files[1]", recipe => recipe.TrainingFiles.Add("file-unknown")),
            ("recipe.training_files[1]", recipe => recipe.TrainingFiles.Add(recipe.TrainingFiles[0])),
            ("recipe.validation_files[0]", recipe => recipe.ValidationFiles.Add("file-unknown")),
            ("recipe.output_model", recipe => recipe.OutputModel = "no/slash"),
            ("recipe.num_train_epochs", recipe => recipe.NumTrainEpochs = 0),
            ("recipe.max_steps", recipe => recipe.MaxSteps = -1),
            ("recipe.per_device_train_batch_size", recipe => recipe.PerDeviceTrainBatchSize = 0),
            ("recipe.per_device_eval_batch_size", recipe => recipe.PerDeviceEvalBatchSize = -3),
            ("recipe.gradient_accumulation_steps", recipe => recipe.GradientAccumulationSteps = 0),
            ("recipe.learning_rate", recipe => recipe.LearningRate = 0),
            ("recipe.learning_rate", recipe => recipe.LearningRate = double.NaN),
            ("recipe.lr_scheduler_type", recipe => recipe.LrSchedulerType = "polynomial"),
            ("recipe.warmup_steps", recipe => recipe.WarmupSteps = -1),
            ("recipe.warmup_ratio", recipe => recipe.WarmupRatio = 1.5),
            ("recipe.weight_decay", recipe => recipe.WeightDecay = -0.1),
            ("recipe.adam_beta1", recipe => recipe.AdamBeta1 = 1),
            ("recipe.adam_beta2", recipe => recipe.AdamBeta2 = -0.5),
            ("recipe.adam_epsilon", recipe => recipe.AdamEpsilon = 0),
            ("recipe.max_grad_norm", recipe => recipe.MaxGradNorm = double.PositiveInfinity),
            ("recipe.max_length", recipe => recipe.MaxLength = 0),
            ("recipe.dtype", recipe => recipe.Dtype = "float16"),
            ("recipe.seed", recipe => recipe.Seed = -1),
            ("recipe.logging_steps", recipe => recipe.LoggingSteps = 0),
            ("recipe.eval_steps", recipe => recipe.EvalSteps = -1),
            ("recipe.save_steps", recipe => recipe.SaveSteps = 0),
            ("recipe.save_total_limit", recipe => recipe.SaveTotalLimit = 0),
            ("recipe.threads", recipe => recipe.Threads = 0),
            ("recipe.lora.r", recipe => recipe.Lora = new LoraOptions { R = 0 }),
            ("recipe.lora.lora_alpha", recipe => recipe.Lora = new LoraOptions { LoraAlpha = 0 }),
            ("recipe.lora.lora_dropout", recipe => recipe.Lora = new LoraOptions { LoraDropout = 1 }),
            ("recipe.lora.target_modules", recipe => recipe.Lora = new LoraOptions { TargetModules = { "all-linear", "q_proj" } }),
            ("recipe.lora.target_modules[0]", recipe => recipe.Lora = new LoraOptions { TargetModules = { "" } }),
            ("recipe.dpo", recipe => recipe.Dpo = new DpoOptions()),
            ("recipe.dpo.beta", recipe => (recipe.Objective, recipe.Dpo) = ("dpo", new DpoOptions { Beta = 0 })),
            ("recipe.dpo.loss_type", recipe => (recipe.Objective, recipe.Dpo) = ("dpo", new DpoOptions { LossType = "ipo" })),
            ("recipe.lora", recipe => (recipe.Objective, recipe.BaseModel, recipe.Lora) = ("contrastive", "encoder", new LoraOptions())),
            ("recipe.contrastive.scale", recipe => (recipe.Objective, recipe.BaseModel, recipe.Contrastive) = ("contrastive", "encoder", new ContrastiveOptions { Scale = 0 })),
            ("recipe.masked_lm.mlm_probability", recipe => (recipe.Objective, recipe.BaseModel, recipe.MaskedLm) = ("masked_lm", "encoder", new MaskedLmOptions { MlmProbability = 2 })),
            ("recipe.distillation.teacher_model", recipe => (recipe.Objective, recipe.BaseModel) = ("cosine_distillation", "encoder")),
            ("recipe.distillation.teacher_model", recipe => (recipe.Objective, recipe.BaseModel, recipe.Distillation) = ("cosine_distillation", "encoder", new DistillationOptions { TeacherModel = TrainingHost.BaseModel })),
        ];
        foreach ((string field, Action<Recipe> spoil) in cases)
        {
            Recipe recipe = _host.Recipe();
            spoil(recipe);
            await JobCalls.FieldsAsync([field], async () => await _host.CreateAsync(recipe));
        }

        Assert.Empty((await _host.Client.ListJobsAsync(new ListJobsRequest())).Jobs);
        Assert.Empty(_host.Backends.Models.Holds);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once()
    {
        Recipe recipe = _host.Recipe();
        (recipe.Objective, recipe.Threads, recipe.LearningRate) = ("none", -1, -1);
        await JobCalls.FieldsAsync(
            ["recipe.objective", "recipe.threads", "recipe.learning_rate", "name", "request_id"],
            async () => await _host.Client.CreateJobAsync(new CreateJobRequest { Recipe = recipe, Name = new string('x', 65), RequestId = new string('x', 129) }));
        await JobCalls.FieldsAsync(["recipe"], async () => await _host.Client.CreateJobAsync(new CreateJobRequest()));
        recipe = _host.Recipe();
        recipe.BaseModel = "unknown";
        recipe.TrainingFiles.Add("file-unknown");
        await JobCalls.FieldsAsync(["recipe.base_model", "recipe.training_files[1]"], async () => await _host.CreateAsync(recipe));
        await JobCalls.FieldsAsync(["metadata"], async () => await _host.Client.CreateJobAsync(new CreateJobRequest { Recipe = _host.Recipe(), Metadata = { [""] = "x" } }));
    }

    [Fact]
    public async Task Every_default_is_filled_in()
    {
        Job job = await _host.CreateAsync(new Recipe
        {
            Objective = "dpo",
            BaseModel = TrainingHost.BaseModel,
            TrainingFiles = { _host.Recipe().TrainingFiles },
            Lora = new LoraOptions(),
        });
        Recipe recipe = job.Recipe;
        Assert.Equal($"{TrainingHost.BaseModel}@{ModelsState.BaseVersion}", job.BaseVersion);
        Assert.Equal($"{TrainingHost.BaseModel}-{job.Id["ftjob-".Length..]}", recipe.OutputModel);
        Assert.Equal(
            (true, 3, 0, 8, 8, 1, 1e-6 * 10, "cosine", 0, 0.0, 0.0, 0.9, 0.999, 1e-8, 1.0),
            (recipe.Promote, recipe.NumTrainEpochs, recipe.MaxSteps, recipe.PerDeviceTrainBatchSize, recipe.PerDeviceEvalBatchSize, recipe.GradientAccumulationSteps,
                recipe.LearningRate, recipe.LrSchedulerType, recipe.WarmupSteps, recipe.WarmupRatio, recipe.WeightDecay, recipe.AdamBeta1, recipe.AdamBeta2, recipe.AdamEpsilon, recipe.MaxGradNorm));

        // The base has 256 positions.
        Assert.Equal(
            (256, "float32", 42L, 1, 0, 10, 2, Math.Max(1, Environment.ProcessorCount - 1)),
            (recipe.MaxLength, recipe.Dtype, recipe.Seed, recipe.LoggingSteps, recipe.EvalSteps, recipe.SaveSteps, recipe.SaveTotalLimit, recipe.Threads));
        Assert.Equal((8, 8.0, 0.0, false), (recipe.Lora.R, recipe.Lora.LoraAlpha, recipe.Lora.LoraDropout, recipe.Lora.UseRslora));
        Assert.Equal(["all-linear"], recipe.Lora.TargetModules);
        Assert.Equal((0.1, "sigmoid"), (recipe.Dpo.Beta, recipe.Dpo.LossType));
        foreach (Google.Protobuf.Reflection.FieldDescriptor field in Recipe.Descriptor.Fields.InDeclarationOrder().Where(field => field.HasPresence && field.FieldType != Google.Protobuf.Reflection.FieldType.Message))
        {
            Assert.True(field.Accessor.HasValue(recipe), $"{field.Name} is not filled in");
        }
    }

    [Fact]
    public async Task A_request_id_gives_the_same_job_per_tenant()
    {
        Recipe recipe = _host.Recipe();
        Job first = await _host.CreateAsync(recipe, "once");
        Job[] again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _host.CreateAsync(recipe, "once")));
        Assert.All(again, job => Assert.Equal(first.Id, job.Id));

        Recipe theirs = recipe.Clone();
        theirs.TrainingFiles.Clear();
        theirs.TrainingFiles.Add(_host.Backends.Files.Add("tenant-b", "one\n"));
        Job other = await _host.As("tenant-b").CreateJobAsync(new CreateJobRequest { Recipe = theirs, RequestId = "once" });
        Assert.NotEqual(first.Id, other.Id);
        Assert.Single((await _host.Client.ListJobsAsync(new ListJobsRequest())).Jobs);
    }
}
