using System.Security.Cryptography;
using System.Text;
using LlmPlatform.Hub.Versions;

namespace LlmPlatform.Hub.Tests.Versions;

public sealed class ContentHashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_version_is_the_hash_of_the_sorted_lines()
    {
        _folder.Write("config.json", "{}");
        _folder.Write("1_Pooling/config.json", "[]");
        _folder.Write("B.txt", "");

        ModelVersion version = await ContentHash.ComputeAsync(_folder.Path, TestContext.Current.CancellationToken);

        Assert.Equal(["1_Pooling/config.json", "B.txt", "config.json"], version.Files.Select(file => file.Path));
        string lines = $"1_Pooling/config.json\t2\t{Sha("[]")}\nB.txt\t0\t{Sha("")}\nconfig.json\t2\t{Sha("{}")}\n";
        Assert.Equal(Sha(lines), version.Hash);
        Assert.Equal(version.Hash, ContentHash.Of(version.Files.Reverse()));
        Assert.Equal(4, version.Length);
    }

    [Fact]
    public async Task What_is_no_part_of_the_model_does_not_count()
    {
        _folder.Write("config.json", "{}");
        string before = (await ContentHash.ComputeAsync(_folder.Path, TestContext.Current.CancellationToken)).Hash;
        foreach (string name in (string[])[".gitattributes", ".cache/pull/x.incomplete", ".git/HEAD", "a/.hidden", "pytorch_model.bin", "onnx/model.onnx", "x.tmp", "__pycache__/a.py", "Thumbs.db"])
        {
            _folder.Write(name, "x");
        }

        Assert.Equal(before, (await ContentHash.ComputeAsync(_folder.Path, TestContext.Current.CancellationToken)).Hash);

        _folder.Write("config.json", "{ }");
        Assert.NotEqual(before, (await ContentHash.ComputeAsync(_folder.Path, TestContext.Current.CancellationToken)).Hash);
        File.Move(Path.Combine(_folder.Path, "config.json"), Path.Combine(_folder.Path, "other.json"));
        Assert.NotEqual(before, (await ContentHash.ComputeAsync(_folder.Path, TestContext.Current.CancellationToken)).Hash);
    }

    [Fact]
    public async Task A_folder_without_files_and_unportable_names_are_refused()
    {
        await Assert.ThrowsAsync<InvalidModelFileException>(() => ContentHash.ComputeAsync(_folder.Path, TestContext.Current.CancellationToken));
        if (OperatingSystem.IsLinux())
        {
            _folder.Write("what?.json", "{}");
            Assert.Contains("what?.json", Assert.Throws<InvalidModelFileException>(() => ModelFiles.List(_folder.Path)).Message, StringComparison.Ordinal);
            File.Delete(Path.Combine(_folder.Path, "what?.json"));
            _folder.Write("a.json", "{}");
            _folder.Write("A.json", "{}");
            Assert.Contains("in more than case", Assert.Throws<InvalidModelFileException>(() => ModelFiles.List(_folder.Path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_link_to_a_folder_is_not_followed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "links need rights elsewhere");
        _folder.Write("config.json", "{}");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "loop"), _folder.Path);
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "same.json"), Path.Combine(_folder.Path, "config.json"));
        Assert.Equal(["config.json", "same.json"], ModelFiles.List(_folder.Path));
    }

    [Theory]
    [InlineData("config.json", true)]
    [InlineData("1_Pooling/config.json", true)]
    [InlineData("가중치.json", true)]
    [InlineData("a b.json", true)]
    [InlineData("", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("../x", false)]
    [InlineData("a/../x", false)]
    [InlineData("a/./x", false)]
    [InlineData("a//x", false)]
    [InlineData("a/", false)]
    [InlineData("a\\x", false)]
    [InlineData("C:x", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\nb", false)]
    [InlineData("x.", false)]
    [InlineData("x ", false)]
    [InlineData("...", false)]
    [InlineData("nul", false)]
    [InlineData("Com1.txt", false)]
    [InlineData("a/aux.json", false)]
    [InlineData("command.txt", true)]
    [InlineData("null.json", true)]
    public void A_portable_path_stays_below_its_folder_on_every_system(string path, bool portable) => Assert.Equal(portable, RelativePaths.IsPortable(path));

    private static string Sha(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
