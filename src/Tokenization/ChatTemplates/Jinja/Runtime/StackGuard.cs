using System.Runtime.CompilerServices;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>Recursion ends with an error instead of ending the process.</summary>
internal static class StackGuard
{
    internal static void Check()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw ChatTemplateException.Recursion();
        }
    }
}
