namespace LlmPlatform.Hub.Tests.Gguf;

/// <summary>A llama of one layer as llama.cpp's converter would write it.</summary>
internal static class TinyLlama
{
    public const int Hidden = 8;
    public const int Heads = 2;
    public const int KeyValueHeads = 1;
    public const int HeadDim = 4;
    public const int Inner = 6;
    public const int Vocabulary = 5;

    /// <param name="q">Query rows in Hugging Face's order [heads * head, hidden].</param>
    /// <param name="k">Key rows in Hugging Face's order [kv heads * head, hidden].</param>
    /// <param name="qBias">Query bias in Hugging Face's order, if any.</param>
    public static GgufBuilder Builder(float[] q, float[] k, float[]? qBias = null)
    {
        GgufBuilder builder = new GgufBuilder()
            .Add("general.architecture", "llama")
            .Add("llama.block_count", 1u)
            .Add("llama.context_length", 64u)
            .Add("llama.embedding_length", Hidden)
            .Add("llama.feed_forward_length", Inner)
            .Add("llama.attention.head_count", Heads)
            .Add("llama.attention.head_count_kv", KeyValueHeads)
            .Add("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .Add("llama.rope.freq_base", 10000f)
            .Add("llama.rope.dimension_count", HeadDim)
            .Add("tokenizer.ggml.tokens", "a", "b", "c", "d", "e")
            .AddTensor("token_embd.weight", [Vocabulary, Hidden], Ramp(Vocabulary * Hidden))
            .AddTensor("output_norm.weight", [Hidden], Ramp(Hidden))
            .AddTensor("blk.0.attn_norm.weight", [Hidden], Ramp(Hidden))
            .AddTensor("blk.0.ffn_norm.weight", [Hidden], Ramp(Hidden))
            .AddTensor("blk.0.attn_q.weight", [Heads * HeadDim, Hidden], Interleave(q, Heads, Hidden))
            .AddTensor("blk.0.attn_k.weight", [KeyValueHeads * HeadDim, Hidden], Interleave(k, KeyValueHeads, Hidden))
            .AddTensor("blk.0.attn_v.weight", [KeyValueHeads * HeadDim, Hidden], Ramp(KeyValueHeads * HeadDim * Hidden))
            .AddTensor("blk.0.attn_output.weight", [Hidden, Heads * HeadDim], Ramp(Hidden * Heads * HeadDim))
            .AddTensor("blk.0.ffn_gate.weight", [Inner, Hidden], Ramp(Inner * Hidden))
            .AddTensor("blk.0.ffn_up.weight", [Inner, Hidden], Ramp(Inner * Hidden))
            .AddTensor("blk.0.ffn_down.weight", [Hidden, Inner], Ramp(Hidden * Inner));
        return qBias is null ? builder : builder.AddTensor("blk.0.attn_q.bias", [Heads * HeadDim], Interleave(qBias, Heads, 1));
    }

    public static float[] Ramp(int count) => [.. Enumerable.Range(0, count).Select(i => i * 0.25f)];

    /// <summary>The converter's reshape(heads, 2, half, columns).swapaxes(1, 2).</summary>
    private static float[] Interleave(float[] rows, int heads, int columns)
    {
        int half = rows.Length / columns / heads / 2;
        List<float> result = [];
        for (int head = 0; head < heads; head++)
        {
            for (int j = 0; j < half; j++)
            {
                for (int side = 0; side < 2; side++)
                {
                    result.AddRange(rows.AsSpan(((head * 2 * half) + (side * half) + j) * columns, columns));
                }
            }
        }

        return [.. result];
    }
}
