using System.Net;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace LlmPlatform.ServiceDefaults.Tests.Hosting;

public sealed class PlatformPortsTests
{
    [Fact]
    public void The_default_is_loopback_8080_and_8081()
    {
        PlatformPorts ports = PlatformPorts.From(Configuration());

        Assert.Equal(new PlatformPorts(IPAddress.Loopback, 8080, 8081), ports);
        Assert.False(ports.BeyondLoopback);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("192.168.1.5", true)]
    [InlineData("::", true)]
    [InlineData("localhost", false)]
    [InlineData("::1", false)]
    [InlineData("127.0.0.2", false)]
    public void Some_addresses_are_beyond_loopback(string address, bool beyond) =>
        Assert.Equal(beyond, PlatformPorts.From(Configuration(("Platform:BindAddress", address))).BeyondLoopback);

    [Theory]
    [InlineData("Platform:BindAddress", "example.com")]
    [InlineData("Platform:HttpPort", "eighty")]
    [InlineData("Platform:HttpPort", "-1")]
    [InlineData("Platform:GrpcPort", "65536")]
    [InlineData("Platform:GrpcPort", "8080")]
    public void A_wrong_setting_is_named_with_its_value(string key, string value)
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => PlatformPorts.From(Configuration((key, value))));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Beyond_loopback_a_signing_key_must_be_configured()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["Platform:BindAddress"] = "0.0.0.0";

        Assert.Contains(SigningKey.ConfigurationKey, Assert.Throws<InvalidOperationException>(() => builder.ListenOnPlatformPorts()).Message, StringComparison.Ordinal);
        builder.Configuration[SigningKey.ConfigurationKey] = TestHost.SigningKeyText;
        Assert.True(builder.ListenOnPlatformPorts().BeyondLoopback);
    }

    [Fact]
    public void Service_defaults_are_added_once()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.AddServiceDefaults("one");

        Assert.Throws<InvalidOperationException>(() => builder.AddServiceDefaults("two"));
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        .Build();
}
