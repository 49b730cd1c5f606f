using LlmPlatform.Hub;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Tests.Data;

public sealed class DataTokenizerTests : IDisposable
{
    private const string WordTokenizer =
        """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Whitespace"},
         "post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{"[UNK]":0,"</s>":1,"[MASK]":2,"word":3},"unk_token":"[UNK]"}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-tokenizer-").FullName;

    public DataTokenizerTests()
    {
        Write("config.json", """{"model_type":"llama"}""");
        Write("model.safetensors", "");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Special_tokens_and_template_are_the_folders()
    {
        Write("tokenizer.json", WordTokenizer);
        Write("tokenizer_config.json", """{"eos_token":"</s>","mask_token":{"content":"[MASK]"},"chat_template":"{{ messages[0]['content'] }}"}""");
        DataTokenizer tokenizer = DataTokenizer.FromFolder(ModelFolder.Open(_folder), TimeProvider.System);
        Assert.Equal(("</s>", 1, 2), (tokenizer.EosToken, tokenizer.PadId, tokenizer.MaskId));
        Assert.NotNull(tokenizer.ChatTemplate);
        Assert.Null(tokenizer.BosToken);
        Assert.Equal("[MASK]", (string?)tokenizer.SpecialTokens!["mask_token"]);
    }

    [Fact]
    public void A_folder_without_tokenizer_is_said() => Assert.Contains(
        "tokenizer.json",
        Assert.Throws<InvalidModelFileException>(() => DataTokenizer.FromFolder(ModelFolder.Open(_folder), TimeProvider.System)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_template_that_does_not_compile_is_said()
    {
        Write("tokenizer.json", WordTokenizer);
        Write("chat_template.jinja", "{% if %}");
        Assert.Contains(
            "chat_template",
            Assert.Throws<InvalidModelFileException>(() => DataTokenizer.FromFolder(ModelFolder.Open(_folder), TimeProvider.System)).Message,
            StringComparison.Ordinal);
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder, name), content);
}
