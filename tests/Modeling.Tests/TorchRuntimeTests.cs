using TorchSharp;

namespace LlmPlatform.Modeling.Tests;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void A_product_and_its_gradient()
    {
        TorchRuntime.EnsureLoaded(1);
        using IDisposable scope = torch.NewDisposeScope();
        torch.Tensor x = torch.tensor(new float[] { 1, 2, 3, 4 }, [2, 2], requires_grad: true);
        torch.Tensor y = x.matmul(x).sum();
        y.backward();
        Assert.Equal(54, y.item<float>());
        Assert.Equal([7, 11, 9, 13], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void The_number_of_threads_is_set()
    {
        TorchRuntime.EnsureLoaded(2);
        Assert.Equal(2, torch.get_num_threads());
        TorchRuntime.EnsureLoaded(1);
        Assert.Equal(1, torch.get_num_threads());
        Assert.Throws<ArgumentOutOfRangeException>(() => TorchRuntime.EnsureLoaded(0));
    }
}
