using System.Globalization;
using System.Net;
using LlmPlatform.ServiceDefaults.Errors;
using Microsoft.Extensions.Configuration;

namespace LlmPlatform.ServiceDefaults.Hosting;

/// <summary>
/// Where a process listens. HTTP/1.1 and HTTP/2 have a port each, since cleartext cannot negotiate between them.
/// </summary>
/// <param name="BindAddress"><c>Platform:BindAddress</c>, default 127.0.0.1.</param>
/// <param name="HttpPort"><c>Platform:HttpPort</c>, default 8080; 0: a free one.</param>
/// <param name="GrpcPort"><c>Platform:GrpcPort</c>, default 8081; 0: a free one.</param>
public sealed record PlatformPorts(IPAddress BindAddress, int HttpPort, int GrpcPort)
{
    /// <summary>The configuration key of <see cref="BindAddress"/>.</summary>
    public const string BindAddressKey = "Platform:BindAddress";

    /// <summary>The configuration key of <see cref="HttpPort"/>.</summary>
    public const string HttpPortKey = "Platform:HttpPort";

    /// <summary>The configuration key of <see cref="GrpcPort"/>.</summary>
    public const string GrpcPortKey = "Platform:GrpcPort";

    /// <summary>Whether other machines can reach this process.</summary>
    public bool BeyondLoopback => !IPAddress.IsLoopback(BindAddress);

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="InvalidOperationException">A value is not an address or port; the message names it.</exception>
    public static PlatformPorts From(IConfiguration configuration)
    {
        PlatformPorts ports = new(Address(configuration), ReadPort(configuration, HttpPortKey, 8080), ReadPort(configuration, GrpcPortKey, 8081));
        return ports.HttpPort != ports.GrpcPort || ports.HttpPort == 0
            ? ports
            : throw new InvalidOperationException($"{HttpPortKey} and {GrpcPortKey} are both {ports.HttpPort}, expected two ports");
    }

    private static IPAddress Address(IConfiguration configuration)
    {
        string? text = configuration[BindAddressKey];
        return text switch
        {
            null or "" or "localhost" => IPAddress.Loopback,
            "*" or "+" => IPAddress.Any,
            _ => IPAddress.TryParse(text, out IPAddress? address)
                ? address
                : throw new InvalidOperationException($"{BindAddressKey} is {SafeValue.Cut(text)}, expected an IP address, localhost or *"),
        };
    }

    /// <summary>Reads a port of the configuration; 0 is a free one.</summary>
    /// <exception cref="InvalidOperationException">The value is no port; the message names it.</exception>
    public static int ReadPort(IConfiguration configuration, string key, int otherwise)
    {
        string? text = configuration[key];
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= IPEndPoint.MaxPort
            ? port
            : throw new InvalidOperationException($"{key} is {SafeValue.Cut(text)}, expected a port from 0 to {IPEndPoint.MaxPort}");
    }
}
