using Microsoft.AspNetCore.Http;

namespace LlmPlatform.ServiceDefaults.Identity;

internal sealed class CallerTokens(IHttpContextAccessor requests, InternalTokens tokens) : ICallerTokens
{
    private readonly AsyncLocal<CallerIdentity?> _scope = new();

    public CallerIdentity? Caller => _scope.Value ?? Request?.Caller;

    private CallerTokenFeature? Request => requests.HttpContext?.Features.Get<CallerTokenFeature>();

    public string? GetToken() => _scope.Value is { } caller ? tokens.Mint(caller) : Request?.GetToken();

    public IDisposable ActAs(CallerIdentity caller)
    {
        Scope scope = new(_scope, _scope.Value);
        _scope.Value = caller;
        return scope;
    }

    private sealed class Scope(AsyncLocal<CallerIdentity?> scope, CallerIdentity? outer) : IDisposable
    {
        public void Dispose() => scope.Value = outer;
    }
}
