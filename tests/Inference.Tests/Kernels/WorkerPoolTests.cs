using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Tests.Kernels;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_item_is_run_once_also_after_the_threads_have_parked(int threads)
    {
        using WorkerPool pool = new(threads, "test");
        for (int round = 0; round < 200; round++)
        {
            int[] seen = new int[1 + (round * 7 % 301)];
            pool.Run(seen.Length, 1 + (round % 5), (start, end, thread) =>
            {
                Assert.InRange(thread, 0, threads - 1);
                for (int i = start; i < end; i++)
                {
                    Interlocked.Increment(ref seen[i]);
                }
            });
            Assert.All(seen, count => Assert.Equal(1, count));
            if (round % 20 == 0)
            {
                Thread.Sleep(2);
            }
        }
    }

    [Fact]
    public void An_exception_of_any_thread_reaches_the_caller_and_the_pool_goes_on()
    {
        using WorkerPool pool = new(3, "test");
        for (int round = 0; round < 20; round++)
        {
            Assert.Throws<InvalidOperationException>(() => pool.Run(100, 1, (start, _, _) =>
            {
                if (start == 50)
                {
                    throw new InvalidOperationException("broken");
                }
            }));
            int sum = 0;
            pool.Run(100, 1, (start, _, _) => Interlocked.Add(ref sum, start));
            Assert.Equal(4950, sum);
        }
    }

    [Fact]
    public void A_closed_pool_refuses_work()
    {
        WorkerPool pool = new(2, "test");
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Run(100, 1, (_, _, _) => { }));
    }
}
