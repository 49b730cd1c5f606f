using System.Collections.Immutable;
using LlmPlatform.Recipes.Data;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>The texts that starter-chat learns both languages from, by kind.</summary>
internal static class PretrainingTexts
{
    /// <summary>The data sets that are read.</summary>
    public static readonly ImmutableArray<string> Folders =
        [KoreanDocs.Folder, EnglishText.Folder, ParallelSentences.Folder, Nsmc.Folder, Grimm.Folder, KoreanChatbot.Folder, Dialogues.Folder];

    private const string Tensorflow = "tensorflow/docs-l10n";

    /// <summary>All kinds.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    public static IEnumerable<TextSource> Read(string dataFolder)
    {
        yield return new TextSource("korean_community", Documents(KoreanDocs.Read(dataFolder), source => !IsMicrosoft(source) && source != Tensorflow));
        yield return new TextSource("korean_tensorflow", Documents(KoreanDocs.Read(dataFolder), source => source == Tensorflow));
        yield return new TextSource("korean_microsoft", Documents(KoreanDocs.Read(dataFolder), IsMicrosoft));
        yield return new TextSource("english_stories", Documents(EnglishText.Read(dataFolder), IsStory));
        yield return new TextSource("english_documentation", Documents(EnglishText.Read(dataFolder), source => !IsStory(source)));
        yield return new TextSource("parallel", ParallelSentences.Read(dataFolder).Select((pair, i) => i % 2 == 0 ? $"{pair.Korean}\n{pair.English}" : $"{pair.English}\n{pair.Korean}"));
        yield return new TextSource("reviews", Nsmc.Read(dataFolder));
        yield return new TextSource("grimm", Grimm.Read(dataFolder));

        // As they will be asked and answered.
        yield return new TextSource("ko_chatbot", KoreanChatbot.Read(dataFolder).Select(pair => ChatTokenizer.Render(FineTuningRows.Pair(pair.Question, pair.Answer))));
        foreach (string part in Dialogues.Parts)
        {
            yield return new TextSource(part.Replace('-', '_'), Dialogues.Read(dataFolder, part).Select(ChatTokenizer.Render));
        }
    }

    private static IEnumerable<string> Documents(IEnumerable<TextDocument> documents, Func<string, bool> wanted) => documents
        .Where(document => wanted(document.Source))
        .Select(document => document.Text.StartsWith(document.Title, StringComparison.Ordinal) ? document.Text : $"{document.Title}\n\n{document.Text}");

    // Microsoft's Korean pages are many and stiff; the others were written by translation teams for people.
    private static bool IsMicrosoft(string source) => source.EndsWith("ko-kr", StringComparison.OrdinalIgnoreCase);

    private static bool IsStory(string source) => source.StartsWith("GITenberg/", StringComparison.Ordinal);
}
