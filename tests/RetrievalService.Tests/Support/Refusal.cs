using Grpc.Core;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>What a refused call says.</summary>
internal static class Refusal
{
    public static async Task<RpcException> WithAsync(StatusCode expected, Func<Task> call)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(error.StatusCode == expected, $"expected {expected}, got {error.Status}");
        return error;
    }

    /// <summary>INVALID_ARGUMENT with a violation of exactly this field among its details.</summary>
    public static async Task OfFieldAsync(string field, Func<Task> call)
    {
        RpcException error = await WithAsync(StatusCode.InvalidArgument, call);
        Assert.Contains(field, error.GetFieldViolations().Select(violation => violation.Field));
    }

    public static Task NotFoundAsync(Func<Task> call) => WithAsync(StatusCode.NotFound, call);
}
