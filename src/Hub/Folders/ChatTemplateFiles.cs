using System.Text.Json;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Gguf;

namespace LlmPlatform.Hub.Folders;

/// <summary>
/// Where chat templates lie: <c>chat_template.jinja</c> and <c>additional_chat_templates/*.jinja</c>, else
/// <c>chat_template.json</c>, else <c>chat_template</c> in tokenizer_config.json (a string, or a list of names and
/// templates), else the metadata of a GGUF file.
/// </summary>
internal static class ChatTemplateFiles
{
    public const string DefaultName = "default";

    private const long MaxBytes = 4 << 20;

    public static Dictionary<string, string> Read(string folder, ModelConfig? tokenizerConfig, string? gguf)
    {
        Dictionary<string, string> templates = FromFiles(folder);
        if (templates.Count == 0)
        {
            Add(templates, ModelConfig.TryLoad(Path.Combine(folder, "chat_template.json")));
        }

        if (templates.Count == 0)
        {
            Add(templates, tokenizerConfig);
        }

        if (templates.Count == 0 && gguf is not null)
        {
            using GgufFile file = GgufFile.Open(gguf);
            if (file.Metadata.FindString("tokenizer.chat_template") is { } template)
            {
                templates.Add(DefaultName, template);
            }
        }

        return templates;
    }

    private static Dictionary<string, string> FromFiles(string folder)
    {
        Dictionary<string, string> templates = new(StringComparer.Ordinal);
        string file = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(file))
        {
            templates.Add(DefaultName, ReadText(file));
        }

        string others = Path.Combine(folder, "additional_chat_templates");
        if (Directory.Exists(others))
        {
            foreach (string other in Directory.EnumerateFiles(others, "*.jinja"))
            {
                templates.TryAdd(Path.GetFileNameWithoutExtension(other), ReadText(other));
            }
        }

        return templates;
    }

    private static void Add(Dictionary<string, string> templates, ModelConfig? config)
    {
        const string Key = "chat_template";
        if (config is null || !config.TryGet(Key, out JsonElement value))
        {
            return;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            templates.Add(DefaultName, config.GetString(Key));
            return;
        }

        foreach (ModelConfig entry in config.GetSections(Key))
        {
            templates[entry.GetString("name")] = entry.GetString("template");
        }
    }

    private static string ReadText(string path)
    {
        long length = new FileInfo(path).Length;
        return length <= MaxBytes ? File.ReadAllText(path) : throw new InvalidModelFileException(path, "", $"{length} bytes", $"at most {MaxBytes}");
    }
}
