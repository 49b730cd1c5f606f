using System.Net;
using Grpc.Core;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.Gateway.Tests.OpenAi;

[Collection(GatewayCollection.Name)]
public sealed class ServiceErrorTests(GatewayHost host)
{
    [Theory]
    [InlineData("missing", HttpStatusCode.NotFound, "invalid_request_error", "model", "model_not_found", null)]
    [InlineData("busy", HttpStatusCode.TooManyRequests, "requests", null, "rate_limit_exceeded", "3")]
    [InlineData("away", HttpStatusCode.ServiceUnavailable, "server_error", null, "service_unavailable", "5")]
    [InlineData("too-long", HttpStatusCode.BadRequest, "invalid_request_error", "messages", "invalid_value", null)]
    [InlineData("picky", HttpStatusCode.BadRequest, "invalid_request_error", "temperature", "invalid_value", null)]
    [InlineData("untemplated", HttpStatusCode.Conflict, "invalid_request_error", null, "failed_precondition", null)]
    [InlineData("crash", HttpStatusCode.InternalServerError, "server_error", null, null, null)]
    public async Task What_a_service_answers_becomes_openais_error(string model, HttpStatusCode status, string type, string? param, string? code, string? retryAfter)
    {
        foreach (string stream in new[] { "false", "true" })
        {
            // Until the first part has come, a streamed request fails with its own status too.
            Answer answer = await host.PostAsync("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}],"stream":{{stream}}}""");
            Assert.Equal(status, answer.Status);
            Assert.Equal(type, (string?)answer.Error["type"]);
            Assert.Equal(param, answer.Param);
            Assert.Equal(code, answer.Code);
            Assert.Equal(retryAfter, answer.Headers.GetValueOrDefault("retry-after"));
            Assert.DoesNotContain("secret", answer.Text);
            Assert.StartsWith("req_", answer.Headers["x-request-id"]);
        }

    }

    [Fact]
    public async Task Every_violation_is_named_in_openais_words()
    {
        Answer answer = await host.PostAsync("/v1/chat/completions", """{"model":"picky","messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Equal("Invalid 'temperature': got 1.9, expected 0 to 1; 'max_tokens': got 7, expected 8 or more.", answer.Message);
    }

    [Theory]
    [InlineData("sampling.top_p", "top_p")]
    [InlineData("stopping.stop[2]", "stop[2]")]
    [InlineData("options.dimensions", "dimensions")]
    [InlineData("inputs[3].text", "input[3]")]
    [InlineData("inputs[3].tokens.ids", "input[3]")]
    [InlineData("inputs", "input")]
    [InlineData("prompt_tokens", "prompt")]
    [InlineData("prompt_tokens.ids[7]", "prompt[7]")]
    [InlineData("messages[0].content", "messages[0].content")]
    public void Fields_of_the_protos_have_their_names_of_openais_api(string field, string param) =>
        Assert.Equal(param, RpcErrorTranslation.ParamOf(field));

    [Theory]
    [InlineData(StatusCode.Unauthenticated, 401)]
    [InlineData(StatusCode.PermissionDenied, 403)]
    [InlineData(StatusCode.AlreadyExists, 409)]
    [InlineData(StatusCode.Aborted, 409)]
    [InlineData(StatusCode.OutOfRange, 400)]
    [InlineData(StatusCode.DeadlineExceeded, 504)]
    [InlineData(StatusCode.Unimplemented, 501)]
    [InlineData(StatusCode.DataLoss, 500)]
    [InlineData(StatusCode.Unknown, 500)]
    public void Every_status_has_its_http_status(StatusCode code, int status) =>
        Assert.Equal(status, new RpcException(new Status(code, "detail")).ToOpenAi().StatusCode);

    [Fact]
    public void What_the_server_refuses_keeps_its_status_and_what_nobody_expected_keeps_its_message()
    {
        OpenAiException large = OpenAiErrorMiddleware.Translate(new BadHttpRequestException("too large", 413));
        OpenAiException malformed = OpenAiErrorMiddleware.Translate(new BadHttpRequestException("Unexpected end of request content."));
        OpenAiException unexpected = OpenAiErrorMiddleware.Translate(new InvalidOperationException("secret"));

        Assert.Equal((413, "request_too_large"), (large.StatusCode, large.Error.Code));
        Assert.Equal((400, InvalidRequest.Type), (malformed.StatusCode, malformed.Error.Type));
        Assert.Equal((500, "server_error"), (unexpected.StatusCode, unexpected.Error.Type));
        Assert.DoesNotContain("secret", unexpected.Message);
    }

    [Theory]
    [InlineData("/v1/nowhere", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("/v1", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("/v1/chat/completions", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    public async Task Unknown_addresses_and_methods_get_the_same_shape(string path, HttpStatusCode status, string code)
    {
        Answer answer = await host.GetAsync(path);

        Assert.Equal(status, answer.Status);
        Assert.Equal(code, answer.Code);
    }
}
