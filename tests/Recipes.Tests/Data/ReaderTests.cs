using System.IO.Compression;
using System.Text;
using LlmPlatform.Recipes.Data;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Tests.Data;

public sealed class ReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Documents_come_by_file_and_line_with_their_paragraphs()
    {
        Gzip("korean-docs/b.jsonl.gz", """{"source":"s","path":"p2","title":"둘","text":"하나"}""");
        Gzip("korean-docs/a.jsonl.gz", """{"source":"s","path":"p0","title":"영","text":"제목\n\n- 첫째\n- 둘째\n\n끝."}""", """{"source":"s","path":"p1","title":"일","text":"x"}""");

        List<TextDocument> documents = [.. KoreanDocs.Read(_folder.Path)];

        Assert.Equal(["p0", "p1", "p2"], documents.Select(document => document.Path));
        Assert.Equal(["제목", "- 첫째\n- 둘째", "끝."], documents[0].Paragraphs());
    }

    [Fact]
    public void A_bad_line_is_named()
    {
        Gzip("english-text/a.jsonl.gz", """{"source":"s","path":"p","title":"t","text":"x"}""", """{"source":"s"}""");

        RecipeException error = Assert.Throws<RecipeException>(() => EnglishText.Read(_folder.Path).Count());

        Assert.StartsWith("english-text/a.jsonl.gz:2: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_named_with_where_its_data_comes_from()
    {
        Assert.Contains("python-docs-ko", Assert.Throws<RecipeException>(() => ParallelSentences.Read(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("songys/Question_pair", Assert.Throws<RecipeException>(() => KoreanQuestionPairs.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Translations_are_read()
    {
        Gzip("parallel/a.jsonl.gz", """{"ko":" 안녕 ","en":"Hello"}""");

        Assert.Equal([new Translation("안녕", "Hello")], ParallelSentences.Read(_folder.Path));
    }

    [Fact]
    public void Question_pairs_say_whether_both_mean_the_same_and_only_the_training_part_is_read()
    {
        File.WriteAllText(
            _folder.Below("ko-question-pair", "kor_pair_train.csv"),
            "\uFEFFid,qid1,qid2,question1,question2,is_duplicate\n1,1,2,가,나,1\n2,3,4,\"다, \"\"라\"\"\", 마  바 ,0\n",
            Encoding.UTF8);
        File.WriteAllText(_folder.Below("ko-question-pair", "kor_Pair_test.csv"), "not read");

        Assert.Equal([new QuestionPair("가", "나", false), new QuestionPair("다, \"라\"", "마 바", true)], KoreanQuestionPairs.Read(_folder.Path));
    }

    [Fact]
    public void A_cell_that_does_not_end_is_an_error_before_memory_is_full()
    {
        using StringReader endless = new("a,\"" + new string('x', 20_000));

        Assert.Contains("quotes to be closed", Assert.Throws<RecipeException>(() => CsvRecords.Read(endless, "file").Count()).Message, StringComparison.Ordinal);
    }

    private void Gzip(string path, params string[] lines)
    {
        using FileStream file = File.Create(_folder.Below(path.Split('/')));
        using GZipStream gzip = new(file, CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
    }
}
