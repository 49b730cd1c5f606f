using System.Net;
using System.Net.Sockets;
using LlmPlatform.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LlmPlatform.AppHost.Startup;

/// <summary>
/// The three ports of the embedded platform: HTTP and gRPC for callers, and one for the services among themselves. They
/// are bound before anything else starts, so a port in use is said at once, and the internal one is known when the
/// services' addresses are written into the configuration.
/// </summary>
internal sealed class EmbeddedPorts : IDisposable
{
    /// <summary>The configuration key of the internal port; default: a free one.</summary>
    public const string InternalPortKey = "Platform:InternalPort";

    private readonly Dictionary<IPEndPoint, Socket> _bound = [];

    private EmbeddedPorts(PlatformPorts wanted, int wantedInternal)
    {
        try
        {
            int http = Bind(wanted.BindAddress, wanted.HttpPort, PlatformPorts.HttpPortKey);
            int grpc = Bind(wanted.BindAddress, wanted.GrpcPort, PlatformPorts.GrpcPortKey);
            Public = wanted with { HttpPort = http, GrpcPort = grpc };
            Internal = Bind(IPAddress.Loopback, wantedInternal, InternalPortKey);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where callers come in.</summary>
    public PlatformPorts Public { get; }

    /// <summary>Where the services answer each other, on 127.0.0.1.</summary>
    public int Internal { get; }

    /// <summary>Binds what the configuration names; 0 takes a free port.</summary>
    /// <exception cref="PortUnavailableException">A port cannot be bound.</exception>
    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static EmbeddedPorts Bind(IConfiguration configuration) =>
        new(PlatformPorts.From(configuration), PlatformPorts.ReadPort(configuration, InternalPortKey, 0));

    /// <summary>Whether a request came in by the internal port.</summary>
    public bool IsInternal(HttpContext http) => http.Connection.LocalPort == Internal;

    /// <summary>Whether a request came in by a port for callers.</summary>
    public bool IsPublic(HttpContext http) => http.Connection.LocalPort != Internal;

    /// <summary>The socket that was bound for an endpoint; a new one where there is none.</summary>
    public Socket Take(EndPoint endPoint) => endPoint is IPEndPoint ip && _bound.Remove(ip, out Socket? socket)
        ? socket
        : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);

    /// <summary>Closes what the web server did not take.</summary>
    public void Dispose()
    {
        foreach (Socket socket in _bound.Values)
        {
            socket.Dispose();
        }

        _bound.Clear();
    }

    private int Bind(IPAddress address, int port, string key)
    {
        try
        {
            Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(address, port));
            IPEndPoint bound = (IPEndPoint)socket.LocalEndPoint!;
            _bound.Add(new IPEndPoint(address, bound.Port), socket);
            return bound.Port;
        }
        catch (SocketException exception)
        {
            throw new PortUnavailableException(address, port, key, exception);
        }
    }
}
