namespace LlmPlatform.Modeling.Layers;

/// <summary>Parameters whose numbers come later, from a file or a seed.</summary>
internal static class EmptyParameter
{
    /// <summary>A parameter that outlives the dispose scope it is made in: its module disposes of it.</summary>
    public static Parameter Of(ScalarType dtype, params ReadOnlySpan<long> shape)
    {
        Parameter parameter = new(empty(shape.ToArray(), dtype: dtype));
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
