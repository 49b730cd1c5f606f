using System.IO.Compression;
using LlmPlatform.Recipes.Data;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Tests.StarterChat;

public sealed class ReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("정말 재미있게 잘 봤습니다ㅋㅋㅋㅋㅋ", "정말 재미있게 잘 봤습니다ㅋㅋ")]
    [InlineData("  두 번   봐도\t좋은 영화네요!!!! ", "두 번 봐도 좋은 영화네요!!")]
    [InlineData("재미없음", null)]
    [InlineData("this film was really good 좋아요 정말", null)]
    [InlineData("이런 씨1발 같은 영화를 돈 주고 보다니요", null)]
    [InlineData("배우는 좋은데 감독이 쓰레기를 만들었네요", null)]
    public void Reviews_are_sentences_without_profanity(string review, string? expected) => Assert.Equal(expected, Nsmc.Clean(review));

    [Fact]
    public void Reviews_come_in_order_without_the_head()
    {
        File.WriteAllText(_folder.Below("nsmc", "reviews_30k.tsv"), "review_id\trating\tmovie_id\treview\n1\t9\t2\t오랜만에 보는 좋은 영화네요.\n2\t1\t3\t...\n3\t8\t4\t가족과 함께 보기 좋았습니다\n");

        Assert.Equal(["오랜만에 보는 좋은 영화네요.", "가족과 함께 보기 좋았습니다"], Nsmc.Read(_folder.Path));
    }

    [Fact]
    public void A_review_with_too_few_cells_is_named_by_its_line()
    {
        File.WriteAllText(_folder.Below("nsmc", "reviews_30k.tsv"), "review_id\trating\tmovie_id\treview\n1\t9\t좋은 영화\n");

        Assert.StartsWith("nsmc/reviews_30k.tsv:2: 3 cells", Assert.Throws<RecipeException>(() => Nsmc.Read(_folder.Path).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tales_begin_at_their_titles_and_lines_become_paragraphs()
    {
        File.WriteAllText(
            _folder.Below("grimm", "GrimmsFairyTales.txt"),
            "THE FOX AND\nTHE CAT\n\n\nOnce upon\na time.\n\nThe end.\n\nOLD SULTAN\n\nA shepherd had a dog.\n");

        Assert.Equal(["THE FOX AND THE CAT\n\nOnce upon a time.\n\nThe end.", "OLD SULTAN\n\nA shepherd had a dog."], Grimm.Read(_folder.Path));
    }

    [Fact]
    public void Of_the_chatbot_only_everyday_pairs_are_read()
    {
        File.WriteAllText(
            _folder.Below("ko-chatbot", "ChatbotData.csv"),
            "Q,A,label\n안녕,\"네,\n 안녕하세요.\",0\n이별,슬퍼요.,1\n\"그가 \"\"응\"\"이래\",좋네요.,2   \n배고파,뭐 드세요.,0 \n");

        Assert.Equal([("안녕", "네, 안녕하세요."), ("배고파", "뭐 드세요.")], KoreanChatbot.Read(_folder.Path));
    }

    [Fact]
    public void Dialogues_alternate_and_lose_escaped_line_breaks()
    {
        Gzip("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Ready at the bar\\r"}]}""");

        IReadOnlyList<Turn> turns = Assert.Single(Dialogues.Read(_folder.Path, Dialogues.Taskmaster));

        Assert.Equal([new Turn("user", "Hi"), new Turn("assistant", "Ready at the bar")], turns);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}]}""")]
    [InlineData("""{"messages":[{"role":"assistant","content":"Hi"},{"role":"user","content":"Hi"}]}""")]
    [InlineData("""{"text":"Hi"}""")]
    [InlineData("""[]""")]
    [InlineData("""{""")]
    public void A_dialogue_that_is_none_is_named_by_its_line(string line)
    {
        Gzip("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}""", line);

        RecipeException error = Assert.Throws<RecipeException>(() => Dialogues.Read(_folder.Path, Dialogues.Taskmaster).Count());

        Assert.StartsWith("dialogues/taskmaster-4.jsonl.gz:2: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_are_named_with_where_they_come_from()
    {
        Assert.Contains("e9t/nsmc", Assert.Throws<RecipeException>(() => Nsmc.Read(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("2591", Assert.Throws<RecipeException>(() => Grimm.Read(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("songys/Chatbot_data", Assert.Throws<RecipeException>(() => KoreanChatbot.Read(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("Topical-Chat", Assert.Throws<RecipeException>(() => Dialogues.Read(_folder.Path, Dialogues.TopicalChat)).Message, StringComparison.Ordinal);
    }

    private void Gzip(params string[] lines)
    {
        using GZipStream stream = new(File.Create(_folder.Below("dialogues", "taskmaster-4.jsonl.gz")), CompressionLevel.Fastest);
        using StreamWriter writer = new(stream) { NewLine = "\n" };
        foreach (string line in lines)
        {
            writer.WriteLine(line);
        }
    }
}
