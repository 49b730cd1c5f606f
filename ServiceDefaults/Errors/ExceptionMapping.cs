using Grpc.Core;

namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>Says what a library's exception means to a caller. Registered with <see cref="ExceptionMappingExtensions.MapException{T}"/>.</summary>
/// <param name="ExceptionType">The exception, with all types derived from it.</param>
/// <param name="Map">Makes the error; its message is shown to callers.</param>
public sealed record ExceptionMapping(Type ExceptionType, Func<Exception, RpcException> Map);
