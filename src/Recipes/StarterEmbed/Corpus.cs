using LlmPlatform.Recipes.Data;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>The texts that the student learns from, chosen by the numbers of a stage: each source gives so many.</summary>
/// <param name="dataFolder">The folder with all data sets.</param>
/// <param name="stage">The stage with its numbers.</param>
internal sealed class Corpus(string dataFolder, StageRecipe stage)
{
    private const int ShortestSentence = 8;
    private const int ShortestWords = 4;
    private const int ShortestPassage = 120;

    /// <summary>Sentences of every source.</summary>
    public IEnumerable<string> Sentences(CancellationToken cancellationToken)
    {
        int longest = (int)stage.Number("longest_sentence");
        IEnumerable<string> korean = KoreanDocs.Read(dataFolder).SelectMany(Split);
        IEnumerable<string> english = EnglishText.Read(dataFolder).SelectMany(Split);
        IEnumerable<string> translated = ParallelSentences.Read(dataFolder).SelectMany(pair => new[] { pair.Korean, pair.English });
        IEnumerable<string> questions = KoreanQuestionPairs.Read(dataFolder).SelectMany(pair => new[] { pair.First, pair.Second });
        return Chosen("korean_sentences", korean)
            .Concat(Chosen("english_sentences", english))
            .Concat(Chosen("translations", translated))
            .Concat(Chosen("questions", questions))
            .Concat(Chosen("reviews", Nsmc.Read(dataFolder)))
            .Distinct(StringComparer.Ordinal);

        IEnumerable<string> Chosen(string number, IEnumerable<string> texts) => TextSample.Take(
            texts.Where(text =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return IsSentence(text, longest);
            }),
            text => text,
            stage.Number(number));
    }

    /// <summary>Paragraphs, several short ones together.</summary>
    public IEnumerable<string> Passages(CancellationToken cancellationToken) =>
        Chosen("korean_passages", KoreanDocs.Read(dataFolder), cancellationToken)
            .Concat(Chosen("english_passages", EnglishText.Read(dataFolder), cancellationToken))
            .Distinct(StringComparer.Ordinal);

    private IReadOnlyList<string> Chosen(string number, IEnumerable<TextDocument> documents, CancellationToken cancellationToken) => TextSample.Take(
        documents.SelectMany(document =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Passages(document, (int)stage.Number("longest_passage"));
        }),
        text => text,
        stage.Number(number));

    // Paragraphs are put together until a passage would be too long; a longer one is cut at a sentence.
    private static IEnumerable<string> Passages(TextDocument document, int longest)
    {
        string passage = "";
        foreach (string sentence in document.Paragraphs().SelectMany(StarterEmbed.Sentences.Of).Where(sentence => sentence.Length > 0 && sentence.Length <= longest))
        {
            if (passage.Length + sentence.Length + 1 > longest)
            {
                yield return passage;
                passage = "";
            }

            passage = passage.Length == 0 ? sentence : $"{passage} {sentence}";
        }

        if (passage.Length >= ShortestPassage)
        {
            yield return passage;
        }
    }

    private static IEnumerable<string> Split(TextDocument document) => document.Paragraphs().SelectMany(StarterEmbed.Sentences.Of);

    private static bool IsSentence(string text, int longest) =>
        text.Length >= ShortestSentence && text.Length <= longest && text.Count(char.IsLetter) * 2 > text.Length
        && (text.Any(letter => letter >= 0x1100) || text.Count(letter => letter == ' ') >= ShortestWords - 1);
}
