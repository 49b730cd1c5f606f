using System.Text;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Tests.Safetensors;

public class LargeTensorTests
{
    [Fact]
    public void A_tensor_beyond_2_gibibytes_is_read_by_rows()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "files with holes are free only there");
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "large.safetensors");
        byte[] header = Encoding.UTF8.GetBytes("""{"a":{"dtype":"U8","shape":[3,1073741824],"data_offsets":[0,3221225472]}}""");
        using (FileStream stream = File.Create(path))
        {
            stream.Write(BitConverter.GetBytes((ulong)header.Length));
            stream.Write(header);
            stream.SetLength(8 + header.Length + 3221225472);
            stream.Position = stream.Length - 1;
            stream.WriteByte(9);
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        TensorInfo tensor = file.Require("a");
        Assert.Equal(9, file.GetRowBytes(tensor, 2, 1)[^1]);
        Assert.Throws<NotSupportedException>(() => file.GetBytes(tensor).Length);
        Assert.Throws<NotSupportedException>(() => file.GetRowBytes(tensor, 0, 3).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.GetRowBytes(tensor, 3, 1).Length);
    }
}
