using LlmPlatform.Recipes.Data;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>Two texts that belong together.</summary>
/// <param name="Anchor">The one, as somebody would ask.</param>
/// <param name="Positive">The other, as a document has it.</param>
internal sealed record TextPair(string Anchor, string Positive);

/// <summary>Translations, headings with what stands below them, and paraphrases, so many of each as a stage's numbers say.</summary>
/// <param name="dataFolder">The folder with all data sets.</param>
/// <param name="stage">The stage with its numbers.</param>
internal sealed class PairCorpus(string dataFolder, StageRecipe stage)
{
    private const int ShortestText = 6;
    private const int ShortestPassage = 60;

    // Headings that stand above different texts say nothing by themselves.
    private const int ShortestHeading = 8;

    /// <summary>All pairs; no text is an anchor twice, since in one batch each would count as the other's wrong answer.</summary>
    public IEnumerable<TextPair> Pairs(CancellationToken cancellationToken)
    {
        int longest = (int)stage.Number("longest_text");
        IEnumerable<TextPair> translations = ParallelSentences.Read(dataFolder)
            .Where(pair => Fits(pair.Korean) && Fits(pair.English))
            .Select(pair => TextSample.Hash(pair.Korean) % 2 == 0 ? new TextPair(pair.Korean, pair.English) : new TextPair(pair.English, pair.Korean));
        IEnumerable<TextPair> paraphrases = KoreanQuestionPairs.Read(dataFolder)
            .Where(pair => pair.SameMeaning && Fits(pair.First) && Fits(pair.Second) && pair.First != pair.Second)
            .Select(pair => new TextPair(pair.First, pair.Second));
        return Chosen("translations", translations)
            .Concat(Chosen("paraphrases", paraphrases))
            .Concat(Chosen("korean_headings", KoreanDocs.Read(dataFolder).SelectMany(Headings)))
            .Concat(Chosen("english_headings", EnglishText.Read(dataFolder).SelectMany(Headings)))
            .DistinctBy(pair => pair.Anchor, StringComparer.Ordinal)
            .DistinctBy(pair => pair.Positive, StringComparer.Ordinal);

        bool Fits(string text) => text.Length >= ShortestText && text.Length <= longest;

        IEnumerable<TextPair> Headings(TextDocument document) => Below(document, (int)stage.Number("longest_passage"));

        IReadOnlyList<TextPair> Chosen(string number, IEnumerable<TextPair> pairs) => TextSample.Take(
            pairs.Where(_ =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return true;
            }),
            pair => pair.Anchor,
            stage.Number(number));
    }

    /// <summary>Each heading with the beginning of what stands below it; a short one has the document's title before it.</summary>
    internal static IEnumerable<TextPair> Below(TextDocument document, int longest)
    {
        string heading = document.Title;
        string passage = "";
        foreach (string paragraph in document.Paragraphs().Select(paragraph => paragraph.TrimStart('#', ' ')))
        {
            if (Sentences.IsHeading(paragraph))
            {
                if (passage.Length >= ShortestPassage)
                {
                    yield return new TextPair(Anchor(document, heading), passage);
                }

                (heading, passage) = (paragraph, "");
                continue;
            }

            foreach (string sentence in Sentences.Of(paragraph).Where(sentence => sentence.Length > 0))
            {
                if (passage.Length + sentence.Length < longest)
                {
                    passage = passage.Length == 0 ? sentence : $"{passage} {sentence}";
                }
            }
        }

        if (passage.Length >= ShortestPassage)
        {
            yield return new TextPair(Anchor(document, heading), passage);
        }
    }

    private static string Anchor(TextDocument document, string heading) =>
        heading.Length >= ShortestHeading || heading == document.Title ? heading : $"{document.Title} {heading}";
}
