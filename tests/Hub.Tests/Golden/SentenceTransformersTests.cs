using System.Text.Json;
using LlmPlatform.Hub.SentenceTransformers;
using LlmPlatform.Testing;

namespace LlmPlatform.Hub.Tests.Golden;

/// <summary>sentence-transformers folders in the spelling of today's library and of older ones.</summary>
[Trait("Category", "Golden")]
public class SentenceTransformersTests
{
    public static TheoryData<string> Folders()
    {
        TheoryData<string> names = [];
        if (SharedData.TryFind("golden", "models") is { } path)
        {
            foreach (string folder in Directory.EnumerateDirectories(path).Where(folder => File.Exists(Path.Combine(folder, "modules.older.json"))).Order(StringComparer.Ordinal))
            {
                names.Add(Path.GetFileName(folder));
            }
        }

        return names.Count > 0 ? names : [""];
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Both_spellings_mean_the_same(string name)
    {
        string folder = SharedData.Require("golden", "models", name);
        using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        SentenceTransformersConfig newer = SentenceTransformersConfig.TryRead(folder)!;
        Assert.Equal(record.RootElement.GetProperty("max_seq_length").GetInt32(), newer.MaxSeqLength);
        Assert.All(newer.Modules.Skip(1), module => Assert.True(Directory.Exists(Path.Combine(folder, module.Path)) || module.Type == "Normalize", module.Path));

        using TemporaryFolder copy = new();
        foreach (string file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(folder, file);
            string older = Path.ChangeExtension(file, null) + ".older.json";
            copy.Write(relative, File.ReadAllBytes(File.Exists(older) ? older : file));
        }

        // The limit must come from the file that old versions keep it in.
        File.Delete(Path.Combine(copy.Path, "tokenizer_config.json"));
        SentenceTransformersConfig old = SentenceTransformersConfig.TryRead(copy.Path)!;
        Assert.Equivalent(newer, old, strict: true);
    }
}
