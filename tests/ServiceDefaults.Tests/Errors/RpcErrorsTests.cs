using Google.Rpc;
using Grpc.Core;
using LlmPlatform.ServiceDefaults.Errors;
using Status = global::Grpc.Core.Status;

namespace LlmPlatform.ServiceDefaults.Tests.Errors;

public sealed class RpcErrorsTests
{
    [Fact]
    public void A_violation_names_field_value_and_expectation()
    {
        RpcException error = RpcErrors.InvalidArgument("temperature", 9.0, "a number from 0 to 2");

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("temperature: got 9, expected a number from 0 to 2", error.Status.Detail);
        BadRequest.Types.FieldViolation violation = Assert.Single(error.GetFieldViolations());
        Assert.Equal("temperature", violation.Field);
        Assert.Equal("got 9, expected a number from 0 to 2", violation.Description);
    }

    [Fact]
    public void Values_are_cut_and_hidden_ones_not_shown()
    {
        RpcException error = RpcErrors.InvalidArgument(
            new FieldViolation("model", new string('m', 200), "a known model"),
            new FieldViolation("messages[0].content", null, "at most 10 characters"));

        Assert.DoesNotContain(new string('m', 65), error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal("expected at most 10 characters", error.GetFieldViolations()[1].Description);
    }

    [Fact]
    public void Many_violations_are_counted_not_listed()
    {
        FieldViolation[] violations = [.. Enumerable.Range(0, 500).Select(i => new FieldViolation($"items[{i}]", i, "none"))];

        RpcException error = RpcErrors.InvalidArgument(violations);

        Assert.Equal(RpcErrors.MaxViolations, error.GetFieldViolations().Count);
        Assert.EndsWith("and 497 more", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Retry_delays_resources_and_preconditions_can_be_read_back()
    {
        Assert.Equal(TimeSpan.FromSeconds(2.5), RpcErrors.ResourceExhausted("full", TimeSpan.FromSeconds(2.5)).GetRetryDelay());
        Assert.Equal(TimeSpan.Zero, RpcErrors.Unavailable("down", TimeSpan.FromSeconds(-1)).GetRetryDelay());

        RpcException notFound = RpcErrors.NotFound("model", "chat");
        Assert.Equal(("model", "chat"), (notFound.GetResource()!.ResourceType, notFound.GetResource()!.ResourceName));
        Assert.Equal("model chat was not found", notFound.Status.Detail);

        PreconditionFailure.Types.Violation violation = Assert.Single(
            RpcErrors.FailedPrecondition("IN_USE", "model/chat@3fa4", "alias default points at it").GetPreconditionViolations());
        Assert.Equal(("IN_USE", "model/chat@3fa4"), (violation.Type, violation.Subject));
    }

    [Fact]
    public void Errors_without_details_read_as_none()
    {
        RpcException error = new(new Status(StatusCode.Unavailable, "down"));

        Assert.Empty(error.GetFieldViolations());
        Assert.Null(error.GetRetryDelay());
        Assert.Null(error.GetResource());
    }

    [Fact]
    public void Malformed_details_read_as_none()
    {
        Metadata trailers = new() { { "grpc-status-details-bin", [0xff, 0xff, 0xff] } };
        RpcException error = new(new Status(StatusCode.InvalidArgument, "bad"), trailers);

        Assert.Empty(error.GetFieldViolations());
    }
}
