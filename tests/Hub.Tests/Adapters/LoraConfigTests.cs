using System.Text;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Hub.Tests.Adapters;

public sealed class LoraConfigTests
{
    private const string Down = "model.layers.1.mlp.down_proj";
    private const string Query = "model.layers.0.self_attn.q_proj";

    [Theory]
    [InlineData("\"target_modules\":[\"q_proj\"]", true, false)]
    [InlineData("\"target_modules\":[\"proj\"]", false, false)]
    [InlineData("\"target_modules\":[\"mlp.down_proj\",\"model.layers.0.self_attn.q_proj\"]", true, true)]
    [InlineData("\"target_modules\":\"all-linear\"", true, true)]
    [InlineData("\"target_modules\":\".*\\\\.[01]\\\\.mlp\\\\..*\"", false, true)]
    [InlineData("\"target_modules\":\"down_proj\"", false, false)]
    [InlineData("\"target_modules\":[\"q_proj\",\"down_proj\"],\"exclude_modules\":[\"mlp.down_proj\"]", true, false)]
    [InlineData("\"target_modules\":[\"q_proj\",\"down_proj\"],\"exclude_modules\":\".*q_proj\"", false, true)]
    [InlineData("\"target_modules\":[\"q_proj\",\"down_proj\"],\"layers_to_transform\":[1]", false, true)]
    [InlineData("\"target_modules\":[\"q_proj\",\"down_proj\"],\"layers_to_transform\":0,\"layers_pattern\":[\"h\",\"layers\"]", true, false)]
    [InlineData("\"target_modules\":[\"q_proj\",\"down_proj\"],\"layers_to_transform\":0,\"layers_pattern\":\"blocks\"", false, false)]
    public void Targets_are_found_by_the_rules_of_peft(string keys, bool query, bool down)
    {
        LoraConfig config = Read(keys);
        Assert.Equal((query, down), (config.Targets(Query), config.Targets(Down)));
    }

    [Fact]
    public void The_first_pattern_that_fits_says_rank_and_alpha()
    {
        LoraConfig config = Read("\"target_modules\":[\"q_proj\"],\"r\":4,\"lora_alpha\":8,\"rank_pattern\":{\"layers.1.mlp.down_proj\":2,\"down_proj\":16},\"alpha_pattern\":{\".*q_proj\":3}");
        Assert.Equal((4, 2, 16), (config.RankOf(Query), config.RankOf(Down), config.RankOf("model.layers.0.mlp.down_proj")));
        Assert.Equal((0.75f, 4f), (config.ScaleOf(Query), config.ScaleOf(Down)));
        Assert.Equal(4f, Read("\"target_modules\":[\"q_proj\"],\"r\":4,\"lora_alpha\":8,\"use_rslora\":true").ScaleOf(Query));
    }

    [Theory]
    [InlineData("\"r\":4", "target_modules")]
    [InlineData("\"target_modules\":[]", "target_modules")]
    [InlineData("\"target_modules\":[\"q_proj\"],\"r\":5000", "r:")]
    [InlineData("\"target_modules\":[\"q_proj\"],\"bias\":\"some\"", "bias")]
    [InlineData("\"target_modules\":[\"q_proj\"],\"layer_replication\":[[0,1]]", "layer_replication")]
    [InlineData("\"target_modules\":[\"q_proj\"],\"trainable_token_indices\":[1]", "trainable_token_indices")]
    [InlineData("\"target_modules\":[\"q_proj\"],\"init_lora_weights\":\"olora\"", "init_lora_weights")]
    [InlineData("\"target_modules\":[\"q_proj\"],\"rank_pattern\":{\"[\":2}", "rank_pattern")]
    [InlineData("\"target_modules\":[\"q_proj\"],\"rank_pattern\":{\"q_proj\":0}", "rank_pattern.q_proj")]
    [InlineData("\"target_modules\":[\"q_proj\"],\"lora_alpha\":\"8\"", "lora_alpha")]
    public void What_is_wrong_or_not_supported_is_named(string keys, string named)
    {
        InvalidModelFileException refusal = Assert.Throws<InvalidModelFileException>(() => Read(keys));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_takes_for_ever_is_refused_in_time()
    {
        LoraConfig config = Read("\"target_modules\":\"(.*)*(.*)*(.*)*x\"");
        Assert.Contains("target_modules", Assert.Throws<InvalidModelFileException>(() => config.Targets(Query + new string('a', 40))).Message, StringComparison.Ordinal);
    }

    private static LoraConfig Read(string keys) => LoraConfig.From(
        ModelConfig.Parse("adapter_config.json", Encoding.UTF8.GetBytes($"{{\"peft_type\":\"LORA\",{keys}}}")));
}
