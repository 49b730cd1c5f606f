namespace LlmPlatform.Modeling.Tests;

/// <summary>
/// Waits for work without leaving the thread: dispose scopes and the gradient mode of Torch belong to a thread, and a test that
/// goes on elsewhere after an await would leave both behind for the next test of the first thread.
/// </summary>
internal static class Blocking
{
    public static void Wait(Func<Task> work) => Task.Run(work).GetAwaiter().GetResult();

    public static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
