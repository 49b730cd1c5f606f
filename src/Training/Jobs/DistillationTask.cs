using LlmPlatform.Hub;
using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Loop;
using LlmPlatform.Training.Objectives;
using LlmPlatform.TrainingContracts.Worker;
using TorchSharp;

namespace LlmPlatform.Training.Jobs;

/// <summary>An encoder learns a teacher's vectors, which are computed once. Each reads the texts with its own tokenizer.</summary>
internal sealed class DistillationTask : TrainingTask<TaughtTexts>
{
    // How often it is told how far the teacher is.
    private const int Messages = 10;

    private readonly JobContext _context;
    private readonly ModelFolder _teacher;
    private readonly IReadOnlyList<TextExample> _training;
    private readonly IReadOnlyList<TextExample> _validation;
    private readonly int _padId;
    private readonly int _dimensions;

    // [rows, dimensions]; held-out texts behind the others.
    private float[] _vectors = [];

    private DistillationTask(
        JobContext context,
        SentenceEmbeddingModel network,
        ModelFolder teacher,
        (IReadOnlyList<TextExample> Training, IReadOnlyList<TextExample> Validation) data,
        int padId)
        : base(new TrainedModel(context, network))
    {
        (_context, _teacher, _padId) = (context, teacher, padId);
        (_training, _validation) = data;
        _dimensions = Dimensions(network);
        Objective = new DistillationObjective(network);
        ReferenceHash = Hashes.Of(
            context.DataHash,
            DataHash.Of(context.Start.ValidationFiles),
            Path.GetFileName(Path.TrimEndingDirectorySeparator(teacher.Path)),
            FormattableString.Invariant($"{context.Recipe.MaxLength}"));
    }

    public override Objective<TaughtTexts> Objective { get; }

    public override int TrainingRows => _training.Count;

    public override int ValidationRows => _validation.Count;

    public override string ReferenceHash { get; }

    public static DistillationTask Create(JobContext context)
    {
        string folder = context.Start.TeacherFolder
            ?? throw new TrainingException(FailureCodes.InvalidRecipe, "cosine_distillation has no teacher, expected the name of an encoder");
        DataTokenizer tokenizer = JobContext.Tokenizer(context.Base);
        TextOptions options = new() { Form = TextForm.Lines, MaxLength = context.MaxLength(context.Base) };
        (IReadOnlyList<TextExample>, IReadOnlyList<TextExample>) data =
            context.Read(files => TextData.Read(files, tokenizer, options, context.Stop), row => [row.InputIds]);
        return new DistillationTask(
            context, AutoModelForSentenceEmbedding.FromFolder(context.Base, context.Dtype), ModelFolder.Open(folder), data, tokenizer.PadId);
    }

    public override void Prepare()
    {
        int rows = _training.Count + _validation.Count;
        _vectors = new ReferenceCache(_context.JobFolder, ReferenceHash).GetOrMake((long)rows * _dimensions, () => Ask(rows));
    }

    public override TaughtTexts Training(int[] rows, long number) => Collate(_training, rows, 0);

    public override TaughtTexts Validation(int[] rows) => Collate(_validation, rows, _training.Count);

    private static int Dimensions(SentenceEmbeddingModel network)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return (int)SentenceInput.Vectors(network, PaddedIds.Pad([[0]], 0)).shape[1];
    }

    private TaughtTexts Collate(IReadOnlyList<TextExample> texts, int[] rows, int first)
    {
        float[] taught = new float[rows.Length * _dimensions];
        for (int i = 0; i < rows.Length; i++)
        {
            _vectors.AsSpan((first + rows[i]) * _dimensions, _dimensions).CopyTo(taught.AsSpan(i * _dimensions));
        }

        return new TaughtTexts(PaddedIds.Pad([.. rows.Select(row => texts[row].InputIds)], _padId), taught);
    }

    private float[] Ask(int rows)
    {
        using IDisposable noGrad = no_grad();
        using SentenceEmbeddingModel teacher = AutoModelForSentenceEmbedding.FromFolder(_teacher, ScalarType.Float32);
        if (Dimensions(teacher) is int found && found != _dimensions)
        {
            throw new TrainingException(
                FailureCodes.InvalidRecipe, $"the teacher's vectors have {found} dimensions, expected {_dimensions} as those of {_context.Start.BaseVersion}");
        }

        DataTokenizer tokenizer = JobContext.Tokenizer(_teacher);
        TextOptions options = new() { Form = TextForm.Lines, MaxLength = _context.MaxLength(_teacher) };
        List<TextExample> texts = [];
        foreach (IReadOnlyList<WorkerFile> files in new IReadOnlyList<WorkerFile>[] { _context.Start.TrainingFiles, _context.Start.ValidationFiles })
        {
            texts.AddRange(files.Count == 0 ? [] : TextData.Read(files, tokenizer, options, _context.Stop));
        }

        if (texts.Count != rows)
        {
            throw new TrainingException(FailureCodes.InvalidData, $"the teacher's tokenizer finds {texts.Count} texts, expected {rows} as the student's");
        }

        _context.Say("info", $"the teacher reads {rows} texts");
        float[] vectors = new float[checked(rows * _dimensions)];
        int size = _context.Recipe.PerDeviceEvalBatchSize;
        int told = 0;
        for (int first = 0; first < rows; first += size)
        {
            _context.Stop.ThrowIfCancellationRequested();
            if (first - told > rows / Messages)
            {
                _context.Say("info", $"the teacher has read {told = first} of {rows} texts");
            }

            using DisposeScope scope = NewDisposeScope();
            PaddedIds some = PaddedIds.Pad([.. texts.Skip(first).Take(size).Select(text => text.InputIds)], tokenizer.PadId);
            Scalars.All(SentenceInput.Vectors(teacher, some)).CopyTo(vectors, first * _dimensions);
        }

        return vectors;
    }
}
