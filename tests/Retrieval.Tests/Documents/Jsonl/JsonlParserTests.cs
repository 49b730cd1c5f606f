using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Tests.Documents.Jsonl;

public sealed class JsonlParserTests
{
    [Fact]
    public void A_record_is_a_paragraph_of_named_values()
    {
        ParsedDocument document = DocumentText.Read(
            "a.jsonl",
            "{\"id\": 1, \"text\": \"one\\ntwo \\ud83d\\ude00\", \"meta\": {\"ok\": false, \"none\": null, \"tags\": [\"a\", 2.50], \"rows\": [{\"x\": 1}, {\"x\": 2}]}}\r\n\n\"words\"");
        Assert.Equal(
            ["paragraph id: 1\ntext: one\ntwo 😀\nmeta.ok: false\nmeta.tags: a, 2.50\nmeta.rows.x: 1\nmeta.rows.x: 2", "paragraph words"],
            DocumentText.Lines(document));
    }

    [Fact]
    public void Elements_of_one_array_are_records_and_one_object_over_lines_is_one() // named .json or .jsonl
    {
        Assert.Equal(["paragraph a: 1", "paragraph a: 2"], DocumentText.Lines(DocumentText.Read("a.json", "[\n{\"a\": 1},\n{\"a\": 2}\n]")));
        Assert.Equal(["paragraph a: 1"], DocumentText.Lines(DocumentText.Read("a.json", "{\n\"a\": 1\n}\n")));
        Assert.Equal(["paragraph a: 1", "paragraph a: 2"], DocumentText.Lines(DocumentText.Read("a.json", "{\"a\": 1}\n{\"a\": 2}")));
    }

    [Fact]
    public void Bad_lines_are_left_out_and_named()
    {
        string deep = new('[', 3000);
        ParsedDocument document = DocumentText.Read("a.jsonl", $"{{\"a\": 1}}\n{{\"a\": 2, }}\n{deep}\n{{\"\\ud800\": \"\\ud800\"}}\n");
        Assert.Equal(["paragraph a: 1", "paragraph \uFFFD: \uFFFD"], DocumentText.Lines(document));
        Assert.Equal(["bad_line:2", "bad_line:3"], document.Warnings);
    }

    [Fact]
    public void A_file_without_any_json_is_corrupt() =>
        Assert.Equal(DocumentErrors.Corrupt, DocumentText.ErrorOf("a.jsonl", "{\"a\": 1\n{b}\n"u8.ToArray()));

    [Fact]
    public void Long_names_of_nested_objects_do_not_multiply()
    {
        string name = new('n', 10_000);
        string open = string.Concat(Enumerable.Repeat($"{{\"{name}\":", 100));
        ParsedDocument document = DocumentText.Read("a.json", open + "[[1],[2],[3]]" + new string('}', 100));
        Assert.True(document.Text.Length < 1000);
    }
}
