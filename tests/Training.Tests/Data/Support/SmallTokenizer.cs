using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Tests.Data.Support;

/// <summary>A tokenizer of bytes, so that ids can be read, with the special tokens of chat.</summary>
internal static class SmallTokenizer
{
    /// <summary>ChatML without marks of what the assistant writes.</summary>
    public const string PlainTemplate =
        "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>The same with marks.</summary>
    public const string MarkedTemplate =
        "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' }}{% if m['role'] == 'assistant' %}"
        + "{% generation %}{{ m['content'] + '<|im_end|>' }}{% endgeneration %}{% else %}{{ m['content'] + '<|im_end|>' }}{% endif %}{{ '\\n' }}"
        + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    /// <summary>Its tokenizer.json.</summary>
    public static readonly string Json = Build();

    private static readonly Tokenizer Bytes = Tokenizer.Parse(System.Text.Encoding.UTF8.GetBytes(Json));

    public static DataTokenizer Create(string? template = PlainTemplate) => new()
    {
        Tokenizer = Bytes,
        ChatTemplate = template is null ? null : ChatTemplate.Compile(template),
        EosToken = "<|im_end|>",
        PadId = Bytes.TokenToId("<pad>")!.Value,
        MaskId = Bytes.TokenToId("<mask>"),
    };

    /// <summary>The text of ids, special tokens included.</summary>
    public static string Text(IEnumerable<int> ids) => Bytes.Decode([.. ids], skipSpecialTokens: false);

    /// <summary>The text of what is learnt; each run of labels in brackets.</summary>
    public static string Learnt(SftExample example)
    {
        List<string> runs = [];
        for (int i = 0; i < example.Labels.Length;)
        {
            int end = i;
            while (end < example.Labels.Length && example.Labels[end] != SftExample.Ignored)
            {
                end++;
            }

            if (end > i)
            {
                runs.Add($"[{Text(example.Labels[i..end])}]");
            }

            i = end + 1;
        }

        return string.Concat(runs);
    }

    private static string Build()
    {
        // ByteLevel's alphabet: every byte is a printable character and a token of its own.
        IEnumerable<int> printable = [.. Enumerable.Range('!', 94), .. Enumerable.Range(0xA1, 12), .. Enumerable.Range(0xAE, 82)];
        HashSet<int> direct = [.. printable];
        int shifted = 256;
        string[] alphabet = [.. Enumerable.Range(0, 256).Select(value => char.ToString((char)(direct.Contains(value) ? value : shifted++)))];
        string[] special = ["<pad>", "<mask>", "<|im_start|>", "<|im_end|>"];
        string vocabulary = string.Join(',', alphabet.Select((piece, id) => $"{System.Text.Json.JsonSerializer.Serialize(piece)}:{id}"));
        string added = string.Join(',', special.Select((token, i) =>
            $$"""{"id":{{256 + i}},"content":"{{token}}","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}"""));
        return
            $$"""
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[{{added}}],"normalizer":null,
             "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
             "post_processor":null,"decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
             "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,
                      "fuse_unk":false,"byte_fallback":false,"ignore_merges":false,"vocab":{ {{vocabulary}} },"merges":[] } }
            """;
    }
}
