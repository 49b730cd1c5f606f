using System.Net;
using System.Net.Sockets;

namespace LlmPlatform.AppHost.Startup;

/// <summary>A port cannot be listened on. The message is one line for people: what, why, and the setting to change.</summary>
internal sealed class PortUnavailableException(IPAddress address, int port, string key, SocketException inner)
    : Exception(Describe(address, port, key, inner), inner)
{
    private static string Describe(IPAddress address, int port, string key, SocketException inner) => inner.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"port {port} on {address} is in use: end the program that listens there, or set {key} to another port",
        SocketError.AccessDenied => $"port {port} on {address} needs rights that this user lacks: set {key} to a port above 1023",
        _ => $"port {port} on {address} cannot be listened on ({key}): {inner.Message}",
    };
}
