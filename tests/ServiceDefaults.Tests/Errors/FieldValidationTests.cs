using Grpc.Core;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.ServiceDefaults.Tests.Errors;

public sealed class FieldValidationTests
{
    [Fact]
    public void Every_violation_comes_in_one_error()
    {
        FieldValidation validation = new FieldValidation()
            .Require("max_tokens", -1, false, "0 or more")
            .Require("seed", 5, true, "a number")
            .RequireRange("temperature", 9, 0, 2)
            .RequireText("model", "", 256)
            .RequireHidden("prompt", false, "at least one character");

        RpcException error = Assert.Throws<RpcException>(validation.ThrowIfInvalid);

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal(["max_tokens", "temperature", "model", "prompt"], error.GetFieldViolations().Select(violation => violation.Field));
        Assert.Equal("got an empty value, expected 1 to 256 characters", error.GetFieldViolations()[2].Description);
    }

    [Fact]
    public void A_good_request_passes() =>
        new FieldValidation().RequireRange("top_p", 1, 0, 1).RequireText("model", "chat", 256).ThrowIfInvalid();

    [Fact]
    public void NaN_is_in_no_range() =>
        Assert.True(new FieldValidation().RequireRange("temperature", double.NaN, 0, 2).HasViolations);
}
