using System.Text;
using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Text;

public sealed class CharsetTests
{
    private const string Korean = "회의록에는 뚜렷한 결론이 없다. 다음 회의는 3월 5일 오후 두 시에 연다.\n";
    private const string Latin = "“Never bypass it,” wrote Renée – the café’s naïve owner paid €5.\n";

    private static readonly Encoding Cp949 = CodePagesEncodingProvider.Instance.GetEncoding(949)!;
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    public static TheoryData<string, string, byte[]> Texts => new()
    {
        { "utf-8", Korean, Encoding.UTF8.GetBytes(Korean) },
        { "utf-8", Latin, Encoding.UTF8.GetBytes(Latin) },
        { "utf-8", Latin, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Latin)] },
        { "utf-8", "plain\n", "plain\n"u8.ToArray() },
        { "utf-16le", Korean, Encoding.Unicode.GetBytes(Korean) },
        { "utf-16le", Latin, Encoding.Unicode.GetBytes(Latin) },
        { "utf-16be", Korean, Encoding.BigEndianUnicode.GetBytes(Korean) },
        { "utf-16be", Latin, Encoding.BigEndianUnicode.GetBytes(Latin) },
        { "utf-16be", Korean, [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Korean)] },
        { "utf-32le", Korean, Encoding.UTF32.GetBytes(Korean) },
        { "utf-32be", Latin, [0, 0, 0xFE, 0xFF, .. new UTF32Encoding(true, false).GetBytes(Latin)] },
        { "cp949", Korean, Cp949.GetBytes(Korean) },
        { "cp949", "뷁 같은 글자도 있다.", Cp949.GetBytes("뷁 같은 글자도 있다.") },
        { "cp949", "A long line of English, then 한글 두 마디.", Cp949.GetBytes("A long line of English, then 한글 두 마디.") },
        { "windows-1252", Latin, Windows1252.GetBytes(Latin) },
        { "windows-1252", "ÀÉÎÕÜ señor Ñandú, Ærø, £5", Windows1252.GetBytes("ÀÉÎÕÜ señor Ñandú, Ærø, £5") },
        { "shift_jis", "議事録には結論がありません。次の会議は三月五日です。", CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes("議事録には結論がありません。次の会議は三月五日です。") },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void The_character_set_is_recognised(string charset, string text, byte[] bytes)
    {
        ParsedDocument document = DocumentText.Read("a.txt", bytes);
        Assert.Equal(charset, document.Charset);
        Assert.Equal(text, document.Text);
        Assert.Empty(document.Warnings);
    }

    [Fact]
    public void Stray_bytes_change_no_guess_and_are_warned_of()
    {
        ParsedDocument document = DocumentText.Read("a.txt", [.. Encoding.UTF8.GetBytes(Korean), 0xFF, 0xC3, (byte)'(', 0xE9]);
        Assert.Equal("utf-8", document.Charset);
        Assert.StartsWith(Korean, document.Text, StringComparison.Ordinal);
        Assert.StartsWith("replacement_characters", Assert.Single(document.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_character_that_the_end_cuts_off_changes_no_guess()
    {
        Assert.Equal("utf-8", DocumentText.Read("a.txt", Encoding.UTF8.GetBytes("é 한글")[..^1]).Charset);
        Assert.Equal("cp949", DocumentText.Read("a.txt", Cp949.GetBytes(Korean)[..^2]).Charset);
        Assert.Equal("utf-16le", DocumentText.Read("a.txt", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Korean)[..^1]]).Charset);
    }

    [Fact]
    public void Lines_end_in_one_way_and_paragraphs_stand_between_blank_lines()
    {
        ParsedDocument document = DocumentText.Read("a.txt", "one\r\ntwo\r\r  three \n \t\nfour");
        Assert.Equal("one\ntwo\n\n  three \n \t\nfour", document.Text);
        Assert.Equal(["paragraph one\ntwo", "paragraph three", "paragraph four"], DocumentText.Lines(document));
    }
}
