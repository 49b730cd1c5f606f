using System.Collections.Concurrent;
using System.Diagnostics;
using LlmPlatform.ServiceDefaults.Messaging;
using LlmPlatform.ServiceDefaults.Tests.Support;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace LlmPlatform.ServiceDefaults.Tests.Messaging;

public sealed class MessagingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_published_message_reaches_its_consumer_and_the_caller_does_not_wait()
    {
        Received received = new();
        await using TestHost host = await TestHost.StartAsync(builder =>
        {
            builder.Services.AddSingleton(received);
            builder.AddPlatformMessaging(bus => bus.AddConsumer<PingConsumer>());
        });

        IMessagePublisher publisher = host.Services.GetRequiredService<IMessagePublisher>();
        Assert.True(publisher.Publish(new Ping("one")));
        Assert.True(publisher.Publish(new Ping("two")));
        await received.WaitForAsync(2);
        Assert.Equal(["one", "two"], received.Texts.Order());
    }

    [Fact]
    public async Task A_consumer_that_throws_harms_neither_the_publisher_nor_later_messages()
    {
        Received received = new();
        await using TestHost host = await TestHost.StartAsync(builder =>
        {
            builder.Services.AddSingleton(received);
            builder.AddPlatformMessaging(bus => bus.AddConsumer<PingConsumer>());
        });

        IMessagePublisher publisher = host.Services.GetRequiredService<IMessagePublisher>();
        publisher.Publish(new Ping(PingConsumer.Throws));
        publisher.Publish(new Ping("after"));
        await received.WaitForAsync(1);
        Assert.Equal(["after"], received.Texts);
    }

    [Fact]
    public async Task The_bus_is_no_part_of_the_health()
    {
        await using TestHost host = await TestHost.StartAsync(builder => builder.AddPlatformMessaging(_ => { }));
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Ct);
        Assert.DoesNotContain(report.Entries, entry => entry.Key.Contains("masstransit", StringComparison.OrdinalIgnoreCase) || entry.Value.Tags.Contains("masstransit"));
    }

    [Fact]
    public async Task Nothing_is_reported_to_the_makers_of_the_bus()
    {
        Assert.Equal(0, await ReportsAsync(_ => { }));

        // The same with the reports on: otherwise the test would look for the wrong thing.
        Assert.NotEqual(0, await ReportsAsync(services => services.PostConfigure<UsageTelemetryOptions>(options => options.Enabled = true)));
    }

    [Fact]
    public async Task It_is_added_once()
    {
        await using TestHost host = await TestHost.StartAsync(builder =>
        {
            builder.AddPlatformMessaging(_ => { });
            Assert.Throws<InvalidOperationException>(() => builder.AddPlatformMessaging(_ => { }));
        });
    }

    private static async Task<int> ReportsAsync(Action<IServiceCollection> configure)
    {
        int requests = 0;
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                // Other tests' requests go to loopback.
                if (activity.GetTagItem("server.address") is string address && !address.StartsWith("127.", StringComparison.Ordinal) && address != "localhost")
                {
                    Interlocked.Increment(ref requests);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using (TestHost host = await TestHost.StartAsync(builder =>
        {
            builder.AddPlatformMessaging(bus => bus.AddConsumer<PingConsumer>());
            builder.Services.AddSingleton(new Received());
            builder.Services.PostConfigure<UsageTelemetryOptions>(options =>
            {
                options.ReportDelay = TimeSpan.FromMilliseconds(1);
                options.ReportOnShutdown = true;
            });
            configure(builder.Services);
        }))
        {
            Assert.NotNull(host.Services.GetRequiredService<IOptions<UsageTelemetryOptions>>().Value);
            await Task.Delay(500, Ct);
            await host.App.StopAsync(Ct);
        }

        return requests;
    }

    public sealed record Ping(string Text);

    public sealed class Received
    {
        private readonly ConcurrentQueue<string> _texts = new();

        public IReadOnlyList<string> Texts => [.. _texts];

        public void Add(string text) => _texts.Enqueue(text);

        public async Task WaitForAsync(int count)
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (_texts.Count < count)
            {
                Assert.True(watch.Elapsed < Patience, $"{_texts.Count} of {count} messages came");
                await Task.Delay(10, Ct);
            }
        }
    }

    public sealed class PingConsumer(Received received) : IConsumer<Ping>
    {
        public const string Throws = "throws";

        public Task Consume(ConsumeContext<Ping> context)
        {
            if (context.Message.Text == Throws)
            {
                throw new InvalidOperationException("as asked");
            }

            received.Add(context.Message.Text);
            return Task.CompletedTask;
        }
    }
}
