using System.Net;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.ServiceDefaults.Tests.Identity;

public sealed class KeylessRulesTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost")]
    [InlineData("127.0.0.1", "localhost:8080")]
    [InlineData("127.0.0.1", "LocalHost:8080")]
    [InlineData("127.0.0.1", "127.0.0.1:9")]
    [InlineData("::1", "[::1]:8080")]
    [InlineData("::1", "[::1]")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    public void Local_calls_need_no_key(string remote, string host) => Assert.Null(KeylessRules.WhyKeyIsNeeded(Request(remote, host)));

    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("https://127.0.0.1")]
    [InlineData("http://[::1]:3000")]
    public void Pages_of_this_machine_need_no_key(string origin) =>
        Assert.Null(KeylessRules.WhyKeyIsNeeded(Request("127.0.0.1", "localhost", ("Origin", origin))));

    [Theory]
    [InlineData("192.168.1.5")]
    [InlineData("8.8.8.8")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fe80::1")]
    public void Other_machines_need_a_key(string remote) => Assert.NotNull(KeylessRules.WhyKeyIsNeeded(Request(remote, "localhost")));

    [Fact]
    public void A_call_from_nowhere_needs_a_key() => Assert.NotNull(KeylessRules.WhyKeyIsNeeded(new DefaultHttpContext()));

    [Theory]
    [InlineData("")]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("evil.example:8080")]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.1.5:8080")]
    [InlineData("[::2]")]
    public void A_host_that_is_not_local_needs_a_key(string host) => Assert.NotNull(KeylessRules.WhyKeyIsNeeded(Request("127.0.0.1", host)));

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://localhost.evil.example")]
    [InlineData("null")]
    [InlineData("file://")]
    [InlineData("chrome-extension://localhost")]
    [InlineData("")]
    public void Pages_of_other_sites_need_a_key(string origin) =>
        Assert.NotNull(KeylessRules.WhyKeyIsNeeded(Request("127.0.0.1", "localhost", ("Origin", origin))));

    [Theory]
    [InlineData("Forwarded", "for=10.0.0.1")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-host", "localhost")]
    [InlineData("X-Forwarded-Proto", "")]
    [InlineData("X-Forwarded-Anything", "1")]
    [InlineData("Via", "1.1 proxy")]
    public void What_came_through_a_proxy_needs_a_key(string header, string value) =>
        Assert.NotNull(KeylessRules.WhyKeyIsNeeded(Request("127.0.0.1", "localhost", (header, value))));

    private static DefaultHttpContext Request(string remote, string host, params (string Name, string Value)[] headers)
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        context.Request.Host = new HostString(host);
        foreach ((string name, string value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        return context;
    }
}
